//! A machine of the demo: a folder in which this program is typed, and in which its server runs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use service_admin::wire::Status;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::exit::{Exit, Failure};
use crate::output::{Output, TYPED};

/// How long a server may take to answer. It takes well under a second where the disk is not busy.
const START_LIMIT: Duration = Duration::from_secs(20);

/// How often it is asked meanwhile.
const START_POLL: Duration = Duration::from_millis(50);

/// How long a command may take.
const COMMAND_LIMIT: Duration = Duration::from_secs(20);

/// How long a server may take to end before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How long a killed server may take to be gone. The kernel needs a few milliseconds.
const KILL_LIMIT: Duration = Duration::from_secs(2);

/// How often it is looked after meanwhile.
const KILL_POLL: Duration = Duration::from_millis(5);

/// Where a server writes its log.
const LOG: &str = "postwarden.log";

/// A folder with this program's files.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its name in the prompt.
    name: &'static str,
    /// Where commands are typed.
    pub folder: PathBuf,
    program: PathBuf,
    coloured: bool,
}

/// A server that runs on a machine. It is killed when this goes.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it takes mail.
    pub address: SocketAddr,
}

/// Where a command reads from and writes to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Redirection<'a> {
    /// The file that is its standard input.
    pub input: Option<&'a str>,
    /// The file that its standard output goes to.
    pub into: Option<&'a str>,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; none: it was killed.
    pub code: Option<i32>,
    /// What it printed, on either output, unless that went to a file.
    pub text: String,
}

impl Machine {
    /// A machine with a folder of its own.
    pub fn new(name: &'static str, above: &Path, program: &Path, output: &Output) -> Result<Self, Failure> {
        let folder = above.join(name);
        std::fs::create_dir(&folder).map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
        Ok(Self { name, folder, program: program.to_owned(), coloured: output.is_coloured() })
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        std::fs::write(&path, content).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
    }

    /// This program, as one would type it.
    pub fn program(&self) -> std::path::Display<'_> {
        self.program.display()
    }

    /// What its server said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join(LOG)).unwrap_or_default()
    }

    /// Starts the server and waits until it answers.
    pub async fn serve(&self, output: &mut Output) -> Result<Server, Failure> {
        let arguments = ["serve", "--config", "postwarden.toml"];
        self.prompt(&arguments, "&", output)?;
        let log = self.folder.join(LOG);
        let file =
            std::fs::File::create(&log).map_err(|error| Failure::usage(format!("{}: {error}", log.display())))?;
        let mut command = self.command(&arguments);
        // A group of its own, so that Ctrl-C reaches the demo alone, which ends its servers in order.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).process_group(0);
        let child = command.spawn().map_err(|error| self.not_started(&error))?;
        let mut server = Server { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let deadline = Instant::now() + START_LIMIT;
        loop {
            if let Some(address) = self.listening().await? {
                server.address = address;
                return Ok(server);
            }
            let ended = server.child.try_wait().ok().flatten();
            if ended.is_some() || Instant::now() > deadline {
                let what = if ended.is_some() { "ended at once" } else { "does not answer" };
                return Err(Failure::new(
                    Exit::No,
                    format!("the server of {} {what}:\n{}", self.name, self.log().trim_end()),
                ));
            }
            sleep(START_POLL).await;
        }
    }

    /// Where the server listens, once it answers.
    async fn listening(&self) -> Result<Option<SocketAddr>, Failure> {
        let arguments = ["status", "--json", "--config", "postwarden.toml"];
        let asked = self.command(&arguments).stdin(Stdio::null()).output();
        let asked = timeout(COMMAND_LIMIT, asked).await.map_err(|_| self.too_slow(&arguments))?;
        let asked = asked.map_err(|error| self.not_started(&error))?;
        let status: Option<Status> = serde_json::from_slice(&asked.stdout).ok();
        let listener = status.and_then(|status| status.listeners.into_iter().next());
        Ok(listener.and_then(|listener| listener.address.parse().ok()))
    }

    /// Types a command, shows it with what it prints, and expects its exit code.
    pub async fn types(&self, arguments: &[&str], expected: Exit, output: &mut Output) -> Result<Ran, Failure> {
        self.types_with(arguments, Redirection::default(), expected, output).await
    }

    /// The same with its input or output redirected.
    pub async fn types_with(
        &self,
        arguments: &[&str],
        redirection: Redirection<'_>,
        expected: Exit,
        output: &mut Output,
    ) -> Result<Ran, Failure> {
        let Redirection { input, into } = redirection;
        let behind = [("<", input), (">", into)].map(|(sign, file)| file.map(|file| format!("{sign} {file}")));
        self.prompt(arguments, &behind.into_iter().flatten().collect::<Vec<_>>().join(" "), output)?;
        let mut command = self.command(arguments);
        command.stdin(match input {
            None => Stdio::null(),
            Some(name) => self.open(name, std::fs::OpenOptions::new().read(true))?,
        });
        let writing =
            into.map(|name| self.open(name, std::fs::OpenOptions::new().write(true).create(true).truncate(true)));
        command.stdout(writing.transpose()?.unwrap_or_else(Stdio::piped)).stderr(Stdio::piped());
        let ran = timeout(COMMAND_LIMIT, async { command.spawn()?.wait_with_output().await }).await;
        let ran = ran.map_err(|_| self.too_slow(arguments))?.map_err(|error| self.not_started(&error))?;
        let text = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        for line in text.trim_end().lines() {
            output.line(format_args!("    {line}").to_string().trim_end())?;
        }
        let ran = Ran { code: ran.status.code(), text };
        if ran.code != Some(expected as i32) {
            let code = ran.code.map_or_else(|| "no code".to_owned(), |code| code.to_string());
            let what = format!("`postwarden {}` ended with {code}, not {}", shown(arguments), expected as i32);
            return Err(Failure::new(Exit::No, what));
        }
        Ok(ran)
    }

    fn open(&self, name: &str, how: &std::fs::OpenOptions) -> Result<Stdio, Failure> {
        let path = self.folder.join(name);
        let file = how.open(&path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        Ok(file.into())
    }

    fn prompt(&self, arguments: &[&str], behind: &str, output: &mut Output) -> Result<(), Failure> {
        let typed = format!("postwarden {} {behind}", shown(arguments));
        output.line(format_args!("  {}$ {TYPED}{}{TYPED:#}", self.name, typed.trim_end()))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.folder).kill_on_drop(true);
        // What is captured is shown where the demo's own output goes.
        if self.coloured {
            command.env("CLICOLOR_FORCE", "1");
        } else {
            command.env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
        }
        command
    }

    fn not_started(&self, error: &std::io::Error) -> Failure {
        Failure::new(Exit::Unreachable, format!("{} cannot be started: {error}", self.program.display()))
    }

    fn too_slow(&self, arguments: &[&str]) -> Failure {
        let limit = COMMAND_LIMIT.as_secs();
        Failure::new(Exit::No, format!("`postwarden {}` took more than {limit} seconds", shown(arguments)))
    }
}

impl Server {
    /// Ends it as a service manager does; kills it if it takes too long.
    pub async fn stop(mut self) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        let told = id.map(|id| rustix::process::kill_process(id, rustix::process::Signal::TERM));
        if matches!(told, Some(Ok(()))) {
            // What is left after this is killed by the drop.
            let _ = timeout(STOP_LIMIT, self.child.wait()).await;
        }
    }
}

/// Killed and seen to be gone, so that its folder can be removed after it.
impl Drop for Server {
    fn drop(&mut self) {
        if self.child.start_kill().is_err() {
            // It ended before.
            return;
        }
        let deadline = Instant::now() + KILL_LIMIT;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(KILL_POLL);
        }
    }
}

/// Arguments as one would type them.
fn shown(arguments: &[&str]) -> String {
    let quoted = |word: &&str| {
        let plain = !word.is_empty() && !word.contains([' ', '<', '>', '*', '\'', '"']);
        if plain { (*word).to_owned() } else { format!("'{word}'") }
    };
    arguments.iter().map(quoted).collect::<Vec<_>>().join(" ")
}
