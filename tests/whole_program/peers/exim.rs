//! Exim, handed a message at its command line as a program on its machine would do, delivers it at once.

use std::process::Stdio;

use super::Errand;
use super::unpacked::Root;

/// Its configuration: everything goes to the relay, over TLS and with a certificate. `FOLDER` and `PORT` are filled in.
const CONFIGURATION: &str = "\
exim_path = /usr/sbin/exim4
spool_directory = FOLDER/spool
log_file_path = FOLDER/%slog
primary_hostname = mail.contoso.com
keep_environment =
local_from_check = false
begin routers
relay:
  driver = manualroute
  transport = relay
  route_list = * 127.0.0.1 byname
  self = send
begin transports
relay:
  driver = smtp
  port = PORT
  hosts_require_tls = *
  tls_certificate = FOLDER/client.pem
  tls_privatekey = FOLDER/client.key
";

/// Carries the message. What stands in Exim's log then.
pub fn carry(root: &Root, errand: Errand<'_>) -> String {
    let folder = root.working_folder();
    let path = folder.path();
    let (_, key) = errand.identity.write(path, "client");
    super::readable(&key);
    let configuration = CONFIGURATION.replace("FOLDER", &root.inside(path));
    std::fs::write(path.join("exim.conf"), configuration.replace("PORT", &errand.relay.port().to_string())).unwrap();
    std::fs::write(path.join("message"), errand.text_with_lf()).unwrap();
    let message = std::fs::File::open(path.join("message")).unwrap();
    let mut command = root.command("/usr/sbin/exim4");
    command.arg("-C").arg(format!("{}/exim.conf", root.inside(path)));
    // `-odf`: delivers before it ends; `-oi`: a line with a dot alone does not end the message.
    command.args(["-odf", "-oi", "-f", errand.from]).args(errand.to);
    let output = command.stdin(Stdio::from(message)).output().unwrap();
    let log = std::fs::read_to_string(path.join("mainlog")).unwrap_or_default();
    format!("{log}{}", String::from_utf8_lossy(&output.stderr))
}
