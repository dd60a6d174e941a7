//! What `cargo xtask package` makes, on a clean Debian, by what the documentation tells to type: installed, configured, reloaded,
//! upgraded with mail in the queue, taken back, removed.

mod long {
    use std::collections::BTreeSet;
    use std::fs;
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use tempfile::TempDir;

    use crate::client::Client;
    use crate::machine::{HOSTNAME, Machine};
    use crate::pki::Authority;
    use crate::program::Ran;
    use crate::readme::{blocks, commands};
    use crate::relay::{Relay, contoso};
    use crate::sink::Sink;
    use crate::waiting::until;

    const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    const ANNA: &str = "anna@contoso.com";
    const MESSAGE: &str = "Subject: x\r\n\r\nhello\r\n";

    /// What the documentation names is the first version of the package, and its next revision.
    const NEXT_REVISION: &str = "2";

    #[test]
    fn the_package_as_documented() {
        let Some(mut machine) = machine() else { return };
        let clean = machine.paths();
        let running = Page::of("docs/running.md");
        let upgrade = Page::of("docs/upgrade.md");
        for revision in [&[][..], &["--revision", NEXT_REVISION]] {
            put(&machine, &Packages::make(revision).deb);
        }

        running.typed("Install", 0, &mut machine);
        as_delivered(&mut machine);
        let sink = Sink::start(&[]);
        first_configuration(&running, &sink, &mut machine);
        reloaded_with_a_session_open(&running, &sink, &mut machine);
        running.typed("Logs", 0, &mut machine);

        upgrade.typed("Before", 0, &mut machine);
        let (id, hop) = queued(sink, &machine);
        upgrade.typed("Upgrade", 0, &mut machine);
        assert_eq!(version(&machine), format!("0.1.0-{NEXT_REVISION}"));
        delivered(&id, hop, &machine);
        upgrade.typed("Go back", 0, &mut machine);
        assert_eq!(version(&machine), "0.1.0");
        let config = fs::read_to_string(machine.path("/etc/postwarden/postwarden.toml")).unwrap();
        assert!(config.starts_with("hostname = \"relay.example.net\"\n"), "{config}");
        upgrade.typed("Go back", 1, &mut machine);

        removed(&upgrade, &clean, machine);
    }

    #[test]
    fn the_tarball_as_documented() {
        let Some(mut machine) = machine() else { return };
        put(&machine, &Packages::make(&[]).tarball);
        let running = Page::of("docs/running.md");
        // A shell keeps its folder from one command to the next.
        let typed = running.block("Install", "sh user", 0).join(" && ");
        machine.run(&typed).expect(0);
        let folder = machine.run("ls -d postwarden-*/").expect(0).stdout.trim().to_owned();
        for command in running.block("Install", "sh root", 1) {
            act(&format!("cd {folder} && {command}"), &command, &mut machine);
        }
        assert!(machine.is_running(), "{}", machine.logged());
        machine.run("postwarden status").expect(0);
        machine.stop();
    }

    #[test]
    fn the_same_tree_gives_the_same_packages() {
        if !tools() {
            return;
        }
        let (one, other) = (Packages::make(&[]), Packages::make(&[]));
        let check = |one: &Path, other: &Path| {
            assert_eq!(one.file_name(), other.file_name());
            assert!(fs::read(one).unwrap() == fs::read(other).unwrap(), "{} differs", one.display());
        };
        check(&one.deb, &other.deb);
        check(&one.tarball, &other.tarball);
    }

    /// A page of the documentation.
    struct Page(String);

    impl Page {
        fn of(name: &str) -> Self {
            Self(fs::read_to_string(Path::new(ROOT).join(name)).unwrap())
        }

        /// The commands of a block below a heading: the one of this number among those of the language, from 0.
        fn block(&self, heading: &str, language: &str, number: usize) -> Vec<String> {
            commands(&self.text(heading, language, number))
        }

        fn text(&self, heading: &str, language: &str, number: usize) -> String {
            let section = self.0.split("\n## ").find(|section| section.starts_with(&format!("{heading}\n")));
            let section = section.unwrap_or_else(|| panic!("no section {heading}"));
            let mut found = blocks(section).into_iter().filter(|block| block.language == language);
            found.nth(number).unwrap_or_else(|| panic!("no block {number} of {language} below {heading}")).text
        }

        /// Types a block of root's commands.
        fn typed(&self, heading: &str, number: usize, machine: &mut Machine) {
            for command in self.block(heading, "sh root", number) {
                act(&command, &command, machine);
            }
        }
    }

    /// Does what a command of root does. There is no systemd: what it would do is done in its place. There is no terminal
    /// either: `apt` is answered in advance.
    fn act(typed: &str, command: &str, machine: &mut Machine) {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            ["systemctl", "daemon-reload"] | ["journalctl", ..] => {}
            // As delivered it takes a port that something else here may have.
            ["systemctl", "enable", "--now", "postwarden"] => machine.start_alone(),
            ["systemctl", "start", "postwarden"] => machine.start(),
            ["systemctl", "stop", "postwarden"] => machine.stop(),
            ["systemctl", "restart", "postwarden"] => restart(machine),
            ["systemctl", "reload", "postwarden"] => machine.reload(),
            ["systemctl", "status", "postwarden"] => assert!(machine.is_running()),
            ["apt", "install", ..] => {
                let first = !machine.path("/usr/bin/postwarden").exists();
                machine.run(&format!("{typed} --yes")).expect(0);
                // As the package's script does where there is systemd.
                if first {
                    machine.start_alone();
                } else if machine.is_running() {
                    restart(machine);
                }
            }
            ["apt", "remove" | "purge", package] => {
                machine.stop();
                machine.run(&format!("apt {} --yes {package}", words[1])).expect(0);
            }
            ["systemctl", ..] => panic!("what does `{command}` do?"),
            _ => drop(machine.run(typed).expect(0)),
        }
    }

    fn restart(machine: &mut Machine) {
        machine.stop();
        machine.start();
    }

    /// Debian in a folder, and what packages are made with. None, with a line that says why, if something is missing.
    fn machine() -> Option<Machine> {
        if !tools() { None } else { Machine::fresh() }
    }

    fn tools() -> bool {
        if std::env::consts::ARCH != "x86_64" {
            println!("skipped: x86_64: the documentation names packages for it");
            return false;
        }
        for tool in ["dpkg-deb", "readelf", "tar", "gzip", "md5sum", "unshare", "ip"] {
            let flag = if tool == "ip" { "-V" } else { "--version" };
            if Command::new(tool).arg(flag).output().is_err() {
                println!("skipped: {tool}: not installed");
                return false;
            }
        }
        true
    }

    /// Packages of what is tested, in a folder of their own.
    struct Packages {
        _folder: TempDir,
        deb: PathBuf,
        tarball: PathBuf,
    }

    impl Packages {
        fn make(options: &[&str]) -> Self {
            let folder = Relay::folder_only();
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let mut command = Command::new(cargo);
            command.args(["run", "--quiet", "--package", "xtask", "--", "package", "--dev", "--output"]);
            let said = Ran::of(command.arg(folder.path()).args(options).current_dir(ROOT)).expect(0).stdout;
            let mut made = said.lines().map(PathBuf::from);
            let (deb, tarball) = (made.next().unwrap(), made.next().unwrap());
            Self { _folder: folder, deb, tarball }
        }
    }

    /// Into root's home.
    fn put(machine: &Machine, file: &Path) {
        fs::copy(file, machine.path("/root").join(file.file_name().unwrap())).unwrap();
    }

    fn version(machine: &Machine) -> String {
        machine.run("dpkg-query --show --showformat '${Version}' postwarden").expect(0).stdout
    }

    /// What is installed starts as it is, manuals and completions are there, and others are kept out.
    fn as_delivered(machine: &mut Machine) {
        assert_eq!(machine.address(), "127.0.0.1:2525".parse().unwrap());
        let status = machine.run("postwarden status --json").expect(0).json();
        assert_eq!(status["hostname"], HOSTNAME, "{status:#}");
        machine.stop();
        // A port of root's, for a user who has no right but that.
        let config = machine.path("/etc/postwarden/postwarden.toml");
        let delivered = fs::read_to_string(&config).unwrap();
        fs::write(&config, delivered.replace("127.0.0.1:2525", "0.0.0.0:25")).unwrap();
        machine.start_alone();
        assert_eq!(machine.address(), "0.0.0.0:25".parse().unwrap());
        machine.stop();
        fs::write(&config, delivered).unwrap();

        let check =
            |command: &str, expected: &str| assert_eq!(machine.run(command).expect(0).stdout, expected, "{command}");
        check("stat -c '%U:%G %a' /var/lib/postwarden /var/log/postwarden", &"postwarden:postwarden 750\n".repeat(2));
        check("find /var/lib/postwarden -perm /o=rwx", "");
        check("find /var/lib/postwarden ! -user postwarden", "");
        check("dpkg --verify postwarden", "");
        check("zcat /usr/share/man/man1/postwarden-serve.1.gz | grep -c 'SH NAME'", "1\n");
        check("zcat /usr/share/man/man5/postwarden.toml.5.gz | grep -c 'SH NAME'", "1\n");
        check("bash -n /usr/share/bash-completion/completions/postwarden", "");
    }

    /// The configuration of the page, on free ports, with certificates that an ACME client renewed.
    fn first_configuration(running: &Page, sink: &Sink, machine: &mut Machine) {
        let config = running.text("First configuration", "toml", 0).replace(":25\"", ":0\"");
        fs::write(machine.path("/etc/postwarden/postwarden.toml"), config).unwrap();
        renewed(running, machine);
        running.typed("First configuration", 0, machine);
        fs::write(machine.path("/etc/postwarden/directory.toml"), contoso(sink.address)).unwrap();
        running.typed("First configuration", 1, machine);
        let mut client = Client::greeted(address(machine));
        client.submit(ANNA, "first@elsewhere.example", MESSAGE).message.unwrap().queued_as();
        sink.message_to("first@elsewhere.example");
    }

    /// Runs the hook of the page on a new certificate, and says which one it is.
    fn renewed(running: &Page, machine: &Machine) -> Vec<u8> {
        let identity = Authority::root("Root").server("relay.example.net");
        let lineage = machine.path("/root/lineage");
        fs::create_dir_all(&lineage).unwrap();
        let (chain, key) = identity.write(&lineage, "new");
        fs::rename(chain, lineage.join("fullchain.pem")).unwrap();
        fs::rename(key, lineage.join("privkey.pem")).unwrap();
        let hook = running.text("Certificates", "sh hook", 0).replace("systemctl reload postwarden\n", "");
        fs::write(machine.path("/root/hook"), hook).unwrap();
        machine.run("RENEWED_LINEAGE=/root/lineage sh hook").expect(0);
        let leaf = fs::read(lineage.join("fullchain.pem")).unwrap();
        proto_certificate::pem::read_certificates(&leaf).unwrap().remove(0)
    }

    /// A session goes on over a reload, and new ones get the new certificate.
    fn reloaded_with_a_session_open(running: &Page, sink: &Sink, machine: &mut Machine) {
        let mut before = Client::greeted(address(machine));
        before.command(&format!("MAIL FROM:<{ANNA}>")).expect("250");
        let leaf = renewed(running, machine);
        machine.reload();
        until("the new certificate", || {
            let client = Client::greeted(address(machine)).starttls(None);
            (client.server_certificate() == leaf).then_some(())
        });
        before.command("RCPT TO:<over@elsewhere.example>").expect("250");
        before.message(MESSAGE).queued_as();
        sink.message_to("over@elsewhere.example");
        running.typed("Reload, stop", 0, machine);
    }

    /// Leaves a message in the queue, for which the next hop is away. Its id, and where the next hop was.
    fn queued(sink: Sink, machine: &Machine) -> (String, SocketAddr) {
        let hop = sink.address;
        drop(sink);
        let mut client = Client::greeted(address(machine));
        client.submit(ANNA, "waits@elsewhere.example", MESSAGE).message.unwrap().queued_as();
        (waiting(machine), hop)
    }

    /// The id of the one message that waits.
    fn waiting(machine: &Machine) -> String {
        let page = machine.run("postwarden queue list --json").expect(0).json();
        assert_eq!(page["messages"].as_array().map(Vec::len), Some(1), "{page:#}");
        page["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    fn delivered(id: &str, hop: SocketAddr, machine: &Machine) {
        assert_eq!(waiting(machine), id);
        let sink = Sink::at(hop, &[]);
        machine.run(&format!("postwarden queue retry {id}")).expect(0);
        let delivered = sink.message_to("waits@elsewhere.example");
        assert_eq!(delivered.received().1, MESSAGE.as_bytes());
    }

    /// Removal leaves settings, data and logs; purging leaves what an administrator put there.
    fn removed(upgrade: &Page, clean: &BTreeSet<String>, mut machine: Machine) {
        let mut steps = upgrade.block("Remove", "sh root", 0).into_iter();
        let mut step = |machine: &mut Machine| {
            let command = steps.next().unwrap();
            act(&command, &command, machine);
            let left = machine.paths();
            left.difference(clean).cloned().collect::<Vec<_>>()
        };
        let left = step(&mut machine);
        let kept = [
            "./etc/postwarden",
            "./var/lib/postwarden",
            "./var/log/postwarden",
            "./etc/systemd/",
            "./var/lib/systemd/",
            "./var/backups/",
        ];
        let strange: Vec<_> = left.iter().filter(|path| !kept.iter().any(|kept| path.starts_with(kept))).collect();
        assert!(strange.is_empty(), "left after removal: {strange:#?}");
        assert!(left.iter().any(|path| path == "./var/lib/postwarden/queue.db"), "{left:#?}");

        let left = step(&mut machine);
        // The administrator's own: certificates, directory file, backup, and the data that was put aside.
        let own = ["./etc/postwarden", "./var/lib/postwarden.after", "./var/backups/postwarden-before.tar"];
        let strange: Vec<_> = left.iter().filter(|path| !own.iter().any(|own| path.starts_with(own))).collect();
        assert!(strange.is_empty(), "left after purging: {strange:#?}");
        assert!(left.iter().any(|path| path == "./etc/postwarden/key.pem"), "{left:#?}");
        assert!(!left.iter().any(|path| path == "./etc/postwarden/postwarden.toml"), "{left:#?}");
        assert_ne!(machine.run("id postwarden").code, 0, "the user is left");
    }

    /// The first listener, by way of loopback.
    fn address(machine: &Machine) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), machine.address().port())
    }
}
