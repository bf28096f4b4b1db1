//! Lists come in pages, each with a cursor to the next.

/// Entries of one page, at most; larger limits are cut to this.
pub const PAGE_MAX: u32 = 100;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; its text means nothing to anyone else. `None` on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of `limit` out of `items`, which are one more when there is a next page.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, cursor_after: impl FnOnce(&T) -> String) -> Self {
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor_after) } else { None };
        Self { items, next }
    }
}

/// `limit` within 1 and [`PAGE_MAX`].
pub(crate) fn page_limit(limit: u32) -> u32 {
    limit.clamp(1, PAGE_MAX)
}
