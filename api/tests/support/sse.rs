//! A reader of server-sent events, as small as a browser's.
#![allow(dead_code, reason = "every test crate uses a part of it")]

use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use std::time::Duration;

/// How long an event may take to come.
const LIMIT: Duration = Duration::from_secs(30);

/// An open stream.
pub struct Events {
    response: Response,
    text: String,
}

/// One event.
#[derive(Debug)]
pub struct Event {
    pub name: String,
    pub id: Option<u64>,
    pub data: Value,
}

impl Events {
    pub async fn open(request: RequestBuilder) -> Self {
        Self::of(request.header("Accept", "text/event-stream").send().await.unwrap())
    }

    /// What a request was answered with.
    pub fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event; comments are left out. `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (parse(block), rest.to_owned());
                self.text = rest;
                if event.is_some() {
                    return event;
                }
            }
            let chunk = tokio::time::timeout(LIMIT, self.response.chunk()).await.expect("an event comes in time");
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let data = serde_json::from_str(field("data")?).unwrap();
    Some(Event { name: field("event")?.to_owned(), id: field("id").map(|id| id.parse().unwrap()), data })
}
