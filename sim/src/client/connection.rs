//! One connection: takes a request, waits for its answer, takes the next; comes back when it breaks.

use super::queue::{Job, Queue};
use super::{ANSWER_LIMIT, Response, Unanswered};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Pause before it is tried again.
const CONNECT_PAUSE: Duration = Duration::from_millis(100);
/// Bytes that are read at once, as a first guess.
const READ_BYTES: usize = 4 << 10;

pub(super) async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = timeout(CONNECT_LIMIT, TcpStream::connect(address)).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Works until the task is aborted.
pub(super) async fn serve(address: SocketAddr, mut stream: TcpStream, queue: Rc<Queue>) {
    let mut incoming = Vec::with_capacity(READ_BYTES);
    loop {
        let Job { request, answer } = queue.pop().await;
        let answered = match timeout(ANSWER_LIMIT, exchange(&mut stream, &request.bytes, &mut incoming)).await {
            Ok(answered) => answered.map_err(Unanswered::Broken),
            Err(_) => Err(Unanswered::TimedOut),
        };
        let is_broken = answered.is_err();
        // Whoever asked may be gone: the run is over then.
        let _ = answer.send(answered);
        if is_broken {
            incoming.clear();
            stream = reopen(address).await;
        }
    }
}

async fn exchange(stream: &mut TcpStream, request: &[u8], incoming: &mut Vec<u8>) -> Result<Response, String> {
    let sent = Instant::now();
    stream.write_all(request).await.map_err(|error| error.to_string())?;
    loop {
        if stream.read_buf(incoming).await.map_err(|error| error.to_string())? == 0 {
            return Err("the service hung up".to_owned());
        }
        if let Some(mut response) = Response::take(incoming)? {
            response.took = sent.elapsed();
            return Ok(response);
        }
    }
}

async fn reopen(address: SocketAddr) -> TcpStream {
    loop {
        match open(address).await {
            Ok(stream) => return stream,
            Err(_) => tokio::time::sleep(CONNECT_PAUSE).await,
        }
    }
}
