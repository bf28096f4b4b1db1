//! What breaks: tasks, and what of a checkpoint is lost or damaged.

use super::World;
use crate::faults::moves::Place;
use crate::faults::planted::Planted;

impl World {
    /// With its memory goes everything that the task did. One process has the gateway and the logs' queues in it as well.
    pub(super) fn crash(&mut self, task: u8, kept: usize) -> Option<()> {
        let is_it = |place: &Place| place.task == task;
        let is_alone = self.swarm.tasks == 1;
        if task == self.swarm.tasks {
            self.note(|| "the gateway crashes".to_owned());
            self.crash_gateway();
            return Some(());
        }
        if !self.owners.keys().any(is_it) && !is_alone {
            return None;
        }
        self.note(|| format!("task {task} crashes"));
        self.owners.retain(|place, _| !is_it(place));
        self.projections.retain(|place, _| !is_it(place));
        self.saves.retain(|save| !is_it(&save.place));
        if is_alone {
            self.crash_gateway();
            for partition in 0..self.swarm.partitions {
                self.tear(partition, kept);
                self.partition(partition).outcomes.lose();
            }
        }
        if self.is_planted(Planted::LoseDurable) {
            self.partitions.iter_mut().for_each(|partition| partition.log.lose_last());
        }
        Some(())
    }

    /// Nobody waits any more; what is published from now on is read again from its beginning.
    fn crash_gateway(&mut self) {
        self.calls.values_mut().for_each(|call| call.is_waited_for = false);
        self.partitions.iter_mut().for_each(|partition| partition.heard = None);
    }

    /// The log still leads to what is left.
    fn can_lose_checkpoint(&mut self, partition: u16) -> bool {
        let found = self.partition(partition);
        found.store.can_do_without_newest(found.log.first())
    }

    /// A server with the newest checkpoint goes down before its replica has it.
    pub(super) fn lose_checkpoint(&mut self, partition: u16) -> Option<()> {
        if !self.can_lose_checkpoint(partition) {
            return None;
        }
        let found = self.partition(partition);
        found.store.lose_newest();
        found.best = None;
        self.note(|| format!("partition {partition}: the newest checkpoint is lost"));
        Some(())
    }

    /// What nobody builds upon before it is loaded: no store looks at old chunks when it saves.
    pub(super) fn damage(&mut self, partition: u16, place: u32) -> Option<()> {
        let is_in_use = self.owners.keys().any(|place| place.partition == partition)
            || self.saves.iter().any(|save| save.place.partition == partition);
        if is_in_use || !self.can_lose_checkpoint(partition) || !self.partition(partition).store.damage(place) {
            return None;
        }
        self.partition(partition).best = None;
        self.note(|| format!("partition {partition}: a bit of the newest checkpoint changes"));
        Some(())
    }
}
