//! A node that runs: all parts side by side until a signal, or until one of them ends by itself.

use std::sync::Arc;
use std::time::Duration;

use io_store_embedded::Embedded;
use io_tls::ServerTls;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::parts::{self, Parts};
use super::protocol_logs::ProtocolLogs;
use super::reload::{Reload, tell_certificate};
use super::signals::{Signals, Told};
use super::telemetry::LevelControl;
use super::{Source, service_manager, upkeep};
use crate::config::{NodeConfig, Trace};
use crate::exit::{Exit, Failure, Outcome};

/// How long everything may take to end: sessions and attempts have 30 seconds each and run side by side. Service managers
/// commonly kill after 90.
const STOP_LIMIT: Duration = Duration::from_secs(45);

/// How long the trace may take to be written at the end, a second signal or not: it holds its last second alone.
const FLUSH_LIMIT: Duration = Duration::from_secs(2);

/// How often certificate files are looked at: a renewal is in use within half a minute.
const CERTIFICATE_INTERVAL: Duration = Duration::from_secs(30);

/// How often the store is looked at. Mail is refused already; a restart makes it good.
const STORE_INTERVAL: Duration = Duration::from_secs(1);

/// How one part ended.
type Ended = (&'static str, Result<(), String>);

/// Opens the parts and runs them until a signal says stop.
pub async fn run(config: NodeConfig, source: Source, level: LevelControl) -> Outcome {
    // Before anything is opened, so that a signal during the start is not lost.
    let mut signals = Signals::new().map_err(|error| Failure::new(Exit::Unreachable, format!("signals: {error}")))?;
    for sentence in config.not_yet() {
        tracing::warn!("{sentence}");
    }
    let data_is_default = source.file.is_none() && source.data.is_none();
    let shutdown = CancellationToken::new();
    let parts = tokio::select! {
        parts = Parts::open(&config, data_is_default, &shutdown) => parts?,
        () = signals.stop() => return Ok(Exit::Done),
    };
    tell_start(&parts);
    let (outbound, store) = (Arc::clone(&parts.outbound), Arc::clone(&parts.store));
    let protocol_logs = parts.protocol_logs.clone();
    let admin_certificate = parts::admin_certificate(parts.admin_address.as_ref());
    let (certificates, watched) = watch::channel(parts.certificates.clone());
    let (trace, kept) = watch::channel(config.trace);
    store.trace().limit_size(config.trace.max_size);
    let mut reload = Reload {
        config,
        source,
        reception: parts.reception.control(),
        certificates,
        trace,
        store: store.trace(),
        admin_certificate,
        admin: Arc::clone(&parts.admin.1),
        outbound: Arc::clone(&outbound),
        resolver: Arc::clone(&parts.resolver),
        protocol_logs: protocol_logs.clone(),
        notices: store.notices().to_vec(),
        level,
    };
    let mut running = start(parts, (watched, kept), &shutdown);
    service_manager::ready(&serving(&reload));
    let ended = until_told(&mut signals, &mut running, &mut reload).await;
    service_manager::stopping("Ending sessions and attempts that are under way");
    shutdown.cancel();
    let stopped = tokio::select! {
        stopped = all_ended(&mut running) => stopped,
        () = signals.stop() => Err("a second signal".to_owned()),
    };
    outbound.close_idle();
    flush_protocol_logs(protocol_logs).await;
    flush_trace(&store).await;
    match (ended, stopped) {
        (Some(what), _) => {
            let exit = store.poisoned().map_or(Exit::Unreachable, |poison| parts::exit_for(&poison));
            Err(Failure::new(exit, what))
        }
        (None, Err(why)) => {
            tracing::warn!(why, "stopped at once; mail that was under way is tried again at the next start");
            Ok(Exit::No)
        }
        (None, Ok(())) => {
            tracing::info!("stopped");
            Ok(Exit::Done)
        }
    }
}

/// Writes the last rows. A failed task is one that waited in vain, and said so.
async fn flush_protocol_logs(logs: ProtocolLogs) {
    let _ = tokio::task::spawn_blocking(move || logs.flush()).await;
}

/// Writes what is written behind, and does not wait for a disk that hangs.
async fn flush_trace(store: &Embedded) {
    let trace = store.trace();
    let lost = match tokio::time::timeout(FLUSH_LIMIT, trace.flush()).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("not written within {} seconds", FLUSH_LIMIT.as_secs()),
    };
    tracing::warn!(error = lost, "the last records of the trace are lost");
}

/// What the service manager shows of a node that serves.
fn serving(reload: &Reload) -> String {
    let info = reload.admin.info.load();
    let addresses: Vec<&str> = info.listeners.iter().map(|listener| listener.address.as_str()).collect();
    format!("Listening for SMTP on {}", addresses.join(", "))
}

fn tell_start(parts: &Parts) {
    let state = &parts.admin.1;
    let info = state.info.load();
    for (listener, tls) in info.listeners.iter().zip(&parts.certificates) {
        let certificate = tls.certificate().map(|certificate| certificate.subject).unwrap_or_default();
        tracing::info!(
            address = listener.address,
            certificate,
            asks_for_certificates = listener.client_certificates,
            "listening for SMTP"
        );
    }
    tracing::info!(socket = %parts.socket.display(), "listening for administration");
    if let Some(admin) = &parts.admin_address {
        let https = admin.tls().is_some();
        tracing::info!(address = %admin.address(), https, "listening for administration over TCP");
    }
    // The store told its own when it was opened.
    for one in info.attention.iter().filter(|one| !parts.store.notices().contains(&one.sentence)) {
        tracing::warn!("{}", one.sentence);
    }
    let current = parts.directory.current();
    tracing::info!(version = %current.version(), tenants = current.tenants.len(), hostname = info.hostname, "ready");
    if current.tenants.is_empty() {
        tracing::warn!(
            "no tenants yet, so every mail is refused: `postwarden tenant add NAME` registers one, or \
             `postwarden apply -f FILE` a directory file"
        );
    }
}

fn start(
    parts: Parts,
    (certificates, trace): (watch::Receiver<Vec<Arc<ServerTls>>>, watch::Receiver<Trace>),
    shutdown: &CancellationToken,
) -> JoinSet<Ended> {
    let mut running: JoinSet<Ended> = JoinSet::new();
    let stores = parts.store.stores();
    let (reception, delivery, directory) = (parts.reception, parts.delivery, parts.directory);
    let domain_proof = parts.domain_proof;
    let (socket, state) = parts.admin;
    let mail = TaskTracker::new();
    running.spawn(poisoned(Arc::clone(&parts.store), shutdown.clone()));
    let token = shutdown.clone();
    running.spawn(mail.track_future(async move {
        reception.run(token).await;
        ("reception", Ok(()))
    }));
    let token = shutdown.clone();
    running.spawn(
        mail.track_future(async move { ("delivery", delivery.run(token).await.map_err(|error| error.to_string())) }),
    );
    // Who looks after the node sees it until its mail has come to an end.
    let over = CancellationToken::new();
    let (token, stopping) = (over.clone(), shutdown.clone());
    running.spawn(async move {
        stopping.cancelled().await;
        mail.close();
        mail.wait().await;
        token.cancel();
        ("mail", Ok(()))
    });
    if let Some(admin) = parts.admin_address {
        let (state, token) = (Arc::clone(&state), over.clone());
        if let Some(tls) = admin.tls().cloned() {
            let token = over.clone();
            running.spawn(async move {
                token.run_until_cancelled(tls.watch(CERTIFICATE_INTERVAL, tell_certificate)).await;
                ("the certificate of administration", Ok(()))
            });
        }
        running.spawn(async move {
            admin.serve(state, token).await;
            ("administration over TCP", Ok(()))
        });
    }
    // What it counts has come to an end with the mail.
    let (meter, token) = (parts.meter, over.clone());
    running.spawn(async move {
        meter.run(token, Timestamp::now).await;
        ("limits of tenants", Ok(()))
    });
    running
        .spawn(async move { ("administration", socket.serve(state, over).await.map_err(|error| error.to_string())) });
    let token = shutdown.clone();
    running.spawn(async move {
        directory.run(token).await;
        ("directory", Ok(()))
    });
    let token = shutdown.clone();
    running.spawn(async move {
        domain_proof.run(Timestamp::now, token).await;
        ("domain proof", Ok(()))
    });
    let token = shutdown.clone();
    running.spawn(async move {
        upkeep::run(stores, trace, token).await;
        ("upkeep", Ok(()))
    });
    let (stores, token) = (parts.store.stores(), shutdown.clone());
    running.spawn(async move {
        service_manager::watch(stores, token).await;
        ("signs of life", Ok(()))
    });
    let token = shutdown.clone();
    running.spawn(async move {
        watch_certificates(certificates, token).await;
        ("certificates", Ok(()))
    });
    running
}

/// Looks at the files of the listeners' certificates, of whichever listeners there are.
async fn watch_certificates(mut certificates: watch::Receiver<Vec<Arc<ServerTls>>>, shutdown: CancellationToken) {
    loop {
        let mut watches = JoinSet::new();
        for tls in &*certificates.borrow_and_update() {
            watches.spawn(Arc::clone(tls).watch(CERTIFICATE_INTERVAL, tell_certificate));
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = certificates.changed() => if changed.is_err() {
                // Nobody changes them any more.
                return shutdown.cancelled().await;
            },
        }
    }
}

/// Ends when the directory or the queue can be written no more: only a start that reads them again makes that good, and a
/// service manager makes it.
async fn poisoned(store: Arc<Embedded>, shutdown: CancellationToken) -> Ended {
    let mut ticks = tokio::time::interval(STORE_INTERVAL);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return ("store", Ok(())),
            _ = ticks.tick() => {}
        }
        if let Some(poison) = store.poisoned() {
            return ("store", Err(poison.to_string()));
        }
    }
}

/// Waits for the signal to stop. Something, if a part ended by itself before.
async fn until_told(signals: &mut Signals, running: &mut JoinSet<Ended>, reload: &mut Reload) -> Option<String> {
    loop {
        tokio::select! {
            told = signals.next() => match told {
                Told::Stop => {
                    tracing::info!("stopping; a second signal stops at once");
                    return None;
                }
                Told::Reload => {
                    service_manager::reloading();
                    reload.run().await;
                    service_manager::ready(&serving(reload));
                }
            },
            ended = running.join_next() => {
                let what = match ended {
                    Some(Ok((part, Ok(())))) => format!("{part} ended by itself"),
                    Some(Ok((part, Err(error)))) => format!("{part} ended: {error}"),
                    Some(Err(error)) => format!("a part broke down: {error}"),
                    None => "nothing runs any more".to_owned(),
                };
                tracing::error!(what, "stopping");
                return Some(what);
            }
        }
    }
}

/// Waits until every part has ended.
async fn all_ended(running: &mut JoinSet<Ended>) -> Result<(), String> {
    let all = async {
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok((part, Err(error))) => tracing::error!(part, error, "did not end well"),
                Err(error) => tracing::error!(%error, "a part broke down"),
                Ok((_, Ok(()))) => {}
            }
        }
    };
    let limit = tokio::time::timeout(STOP_LIMIT, all).await;
    limit.map_err(|_| format!("not everything ended within {} seconds", STOP_LIMIT.as_secs()))
}
