//! Those who want the relay for themselves. What it closes they open again.

use std::io::{Error, Result};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

use crate::certificates::HugeChain;
use crate::handshakes;
use crate::senders::expect;

/// Sessions that send an octet a second: half of them commands, half of them a message.
const SLOW: usize = 1_000;
/// Sessions that send nothing.
const IDLE: usize = 5_000;
const HANDSHAKES_A_SECOND: u64 = 100;

/// Each source has so many sessions, so that no limit of one source helps the relay.
const SESSIONS_A_SOURCE: usize = 50;

/// Sockets of all together, with room to spare.
const SOCKETS: u64 = 10_000;

/// How long the besiegers may take to come.
const PATIENCE: Duration = Duration::from_secs(120);
const SECOND: Duration = Duration::from_secs(1);

/// A siege under way.
pub struct Siege {
    tasks: JoinSet<()>,
    counts: Arc<Counts>,
}

/// How many there are.
#[derive(Default)]
pub struct Counts {
    slow: AtomicUsize,
    idle: AtomicUsize,
    /// Sessions opened again because the relay had closed them.
    again: AtomicUsize,
    handshakes: AtomicU64,
}

/// Raises this process' own limit of open files.
pub fn allow_many_sockets() -> Result<()> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.maximum.is_some_and(|most| most < SOCKETS) {
        return Err(Error::other(format!("needs {SOCKETS} open files; the hard limit is lower (ulimit -Hn)")));
    }
    limit.current = Some(limit.current.unwrap_or(SOCKETS).max(SOCKETS));
    Ok(setrlimit(Resource::Nofile, limit)?)
}

impl Siege {
    /// Begins, and waits until everybody is there.
    pub async fn begin(relay: SocketAddr, chain: &HugeChain) -> Result<Self> {
        let (mut tasks, counts) = (JoinSet::new(), Arc::new(Counts::default()));
        for number in 0..SLOW {
            let counts = Arc::clone(&counts);
            tasks.spawn(async move {
                again_and_again(relay, source(1, number), &counts, &counts.slow, number % 2 + 1).await
            });
        }
        for number in 0..IDLE {
            let counts = Arc::clone(&counts);
            tasks.spawn(async move { again_and_again(relay, source(2, number), &counts, &counts.idle, 0).await });
        }
        tasks.spawn(hostile_handshakes(relay, chain.clone(), Arc::clone(&counts)));
        let siege = Self { tasks, counts };
        let begin = Instant::now();
        while siege.open() < SLOW + IDLE {
            if begin.elapsed() > PATIENCE {
                return Err(Error::other(format!("only {} of {} sessions came about", siege.open(), SLOW + IDLE)));
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(siege)
    }

    fn open(&self) -> usize {
        self.counts.slow.load(Ordering::SeqCst) + self.counts.idle.load(Ordering::SeqCst)
    }

    /// What there is, in a few words.
    pub fn told(&self) -> String {
        let count = |number: &AtomicUsize| number.load(Ordering::SeqCst);
        let counts = &self.counts;
        format!(
            "{} slow and {} idle sessions, {} of them opened again, {} handshakes",
            count(&counts.slow),
            count(&counts.idle),
            count(&counts.again),
            counts.handshakes.load(Ordering::SeqCst)
        )
    }

    /// Lets the relay have its peace.
    pub async fn end(mut self) {
        self.tasks.shutdown().await;
        // The relay sees 6,000 ends.
        sleep(2 * SECOND).await;
    }
}

/// The address of a besieger.
fn source(kind: u8, number: usize) -> IpAddr {
    let group = u8::try_from(number / SESSIONS_A_SOURCE % 250).unwrap_or(0);
    IpAddr::from([127, 10, kind, 1 + group])
}

/// A connection from one of this machine's addresses.
pub async fn connect_from(source: IpAddr, relay: SocketAddr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(source, 0))?;
    socket.connect(relay).await
}

/// Keeps a session, and another when it is closed. `kind` 0 is idle, 1 sends commands, 2 a message.
async fn again_and_again(relay: SocketAddr, source: IpAddr, counts: &Counts, open: &AtomicUsize, kind: usize) {
    loop {
        if let Ok(stream) = connect_from(source, relay).await {
            open.fetch_add(1, Ordering::SeqCst);
            let _ = hold(stream, kind).await;
            open.fetch_sub(1, Ordering::SeqCst);
            counts.again.fetch_add(1, Ordering::SeqCst);
        }
        sleep(SECOND).await;
    }
}

/// Until the relay closes it.
async fn hold(stream: TcpStream, kind: usize) -> Result<()> {
    let mut stream = BufReader::new(stream);
    expect(&mut stream, "220").await?;
    let octets: &[u8] = match kind {
        0 => b"",
        1 => b"EHLO slow.example\r\nNOOP\r\n",
        _ => {
            stream.write_all(b"EHLO slow.example\r\nMAIL FROM:<x@example.net>\r\n").await?;
            stream.write_all(b"RCPT TO:<anna@contoso.com>\r\nDATA\r\n").await?;
            for code in ["250", "250", "250", "354"] {
                expect(&mut stream, code).await?;
            }
            b"a slow line\r\n"
        }
    };
    let (mut stream, mut reply) = (stream.into_inner(), [0; 512]);
    let mut ticks = interval(SECOND);
    for octet in octets.iter().cycle() {
        ticks.tick().await;
        // Reading what came keeps the relay from waiting for us.
        let _ = stream.try_read(&mut reply);
        stream.write_all(std::slice::from_ref(octet)).await?;
    }
    while stream.read(&mut reply).await? > 0 {}
    Ok(())
}

async fn hostile_handshakes(relay: SocketAddr, chain: HugeChain, counts: Arc<Counts>) {
    let mut ticks = interval(SECOND / u32::try_from(HANDSHAKES_A_SECOND).unwrap_or(1));
    let mut under_way = JoinSet::new();
    for number in 0.. {
        ticks.tick().await;
        let (chain, counts) = (chain.clone(), Arc::clone(&counts));
        under_way.spawn(async move {
            // However it ends: it is meant to fail.
            let _ = handshakes::make(source(3, number), relay, number % 3, &chain).await;
            counts.handshakes.fetch_add(1, Ordering::SeqCst);
        });
        while under_way.try_join_next().is_some() {}
    }
}
