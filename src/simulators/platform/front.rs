//! The simulated platform's side of the wire: takes connections, cuts them, keeps them waiting.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::Mode;

/// Connections of the platform's clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// That it has taken since it began.
    pub taken: usize,
    /// That are open now.
    pub open: usize,
}

/// Takes connections and hands them on, as far as the mode lets them; closes and opens the port.
pub(super) async fn front(
    listener: TcpListener,
    address: SocketAddr,
    inlet: mpsc::Sender<DuplexStream>,
    mut mode: watch::Receiver<Mode>,
    lines: watch::Sender<Lines>,
) {
    let mut listener = Some(listener);
    loop {
        if *mode.borrow_and_update() == Mode::Offline {
            listener = None;
            if mode.changed().await.is_err() {
                return;
            }
            continue;
        }
        let open = match listener.take() {
            Some(open) => open,
            None => match TcpListener::bind(address).await {
                Ok(open) => open,
                Err(e) => {
                    tracing::warn!("platform simulator: {address}: {e}; trying again");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        tokio::select! {
            accepted = open.accept() => match accepted {
                Ok((client, _)) => {
                    let (inlet, mode) = (inlet.clone(), mode.clone());
                    lines.send_modify(|lines| {
                        lines.taken += 1;
                        lines.open += 1;
                    });
                    let lines = lines.clone();
                    tokio::spawn(async move {
                        relay(client, inlet, mode).await;
                        lines.send_modify(|lines| lines.open -= 1);
                    });
                }
                Err(e) => tracing::warn!("platform simulator: {address}: {e}"),
            },
            changed = mode.changed() => if changed.is_err() {
                return;
            },
        }
        listener = Some(open);
    }
}

/// Carries bytes between one client and the service until either ends or the mode cuts the line.
async fn relay(
    mut client: TcpStream,
    inlet: mpsc::Sender<DuplexStream>,
    mut mode: watch::Receiver<Mode>,
) {
    let (mut service, far_end) = tokio::io::duplex(64 * 1024);
    if inlet.send(far_end).await.is_err() {
        return;
    }
    let (mut up, mut down) = ([0; 8192], [0; 8192]);
    let (mut client_read, mut client_write) = client.split();
    let mut answered = false;
    loop {
        tokio::select! {
            changed = mode.changed() => {
                if changed.is_err() || *mode.borrow() == Mode::Offline {
                    return;
                }
            }
            read = client_read.read(&mut up) => {
                let Ok(n @ 1..) = read else { return };
                // As a router does that has forgotten the connection: the request goes nowhere.
                if answered && *mode.borrow() == Mode::BreakReused {
                    return;
                }
                if service.write_all(&up[..n]).await.is_err() {
                    return;
                }
            }
            read = service.read(&mut down) => {
                let Ok(n @ 1..) = read else { return };
                let now = *mode.borrow();
                match now {
                    Mode::DropAnswers | Mode::Offline => return,
                    Mode::Slow(pause) => tokio::time::sleep(pause).await,
                    _ => {}
                }
                if *mode.borrow() == Mode::Offline || client_write.write_all(&down[..n]).await.is_err() {
                    return;
                }
                answered = true;
            }
        }
    }
}

/// Connections that [`relay`] lets through, as axum wants them.
pub(super) struct Inlet(pub(super) mpsc::Receiver<DuplexStream>);

impl axum::serve::Listener for Inlet {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(stream) => (stream, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<()> {
        Ok(())
    }
}
