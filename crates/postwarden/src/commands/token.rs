//! `token`: made, shown, changed and removed. A token's text is printed or written once, and is in no other text.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;
use service_admin::wire::{
    MAX_PAGE, MadeToken, NewToken, Problem, ProblemKind, Token, TokenChange, TokenPage, TokenRole,
};

use crate::asking;
use crate::cli::{Global, RoleChoice, TokenAddArgs, TokenCommand, TokenNameArgs, TokenRemoveArgs, TokenSetArgs};
use crate::client::{Client, ClientError, encoded};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, Output, STRONG, table};

const PATH: &str = "/v1/tokens";

/// Does what was typed.
pub fn run(global: &Global, command: TokenCommand, output: &mut Output) -> Outcome {
    match command {
        TokenCommand::Add(args) => add(global, args, output),
        TokenCommand::Set(args) => set(global, &args, output),
        TokenCommand::List => list(global, output),
        TokenCommand::Show(args) => show(global, &args, output),
        TokenCommand::Remove(args) => remove(global, &args, output),
    }
}

fn add(global: &Global, args: TokenAddArgs, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let expires = args.expires.and_then(|expires| expires.moment(Timestamp::now()));
    let new = NewToken { name: args.name, role: role(args.role), tenant: args.tenant, expires };
    // Where it goes has to be there before it is made: nobody could read it afterwards.
    let file = args.output.as_deref().map(NewFile::make).transpose()?;
    let made: MadeToken = client.post(PATH, &new).map_err(wrong)?;
    let Some(file) = file else {
        if output.json {
            output.json(&made)?;
        } else {
            output.line(&made.text)?;
        }
        said(&made.token, "keep it now: it is not shown again", output);
        return Ok(Exit::Done);
    };
    let path = file.keep(&made.text)?;
    if output.json {
        output.json(&json!({ "file": path, "token": made.token }))?;
    }
    said(&made.token, &format!("it is in {}, which only you can read", path.display()), output);
    Ok(Exit::Done)
}

/// What was made, on standard error: standard output is the token's.
fn said(token: &Token, where_it_is: &str, output: &mut Output) {
    let name = &token.name;
    let ends = token.expires.map(|at| format!(" until {at:.0}")).unwrap_or_default();
    output.remark(format_args!("{GOOD}Token {name} is in force{ends}{GOOD:#}; {where_it_is}."));
    output.remark(format_args!(
        "{STRONG}Next:{STRONG:#} `postwarden status --url https://HOST:PORT --token-file FILE` uses it; `postwarden token remove {name}` \
         ends it."
    ));
}

fn role(role: RoleChoice) -> TokenRole {
    match role {
        RoleChoice::Operator => TokenRole::Operator,
        RoleChoice::TenantAdministrator => TokenRole::TenantAdministrator,
        RoleChoice::Reader => TokenRole::Reader,
    }
}

fn word(role: TokenRole) -> &'static str {
    match role {
        TokenRole::Operator => "operator",
        TokenRole::TenantAdministrator => "tenant-administrator",
        TokenRole::Reader => "reader",
    }
}

fn set(global: &Global, args: &TokenSetArgs, output: &mut Output) -> Outcome {
    let change = TokenChange { expires: Some(args.expires.moment(Timestamp::now())) };
    let token: Token = Client::new(global)?.patch(&path(&args.name), &change, None).map_err(wrong)?;
    if output.json {
        output.json(&token)?;
        return Ok(Exit::Done);
    }
    output.styled(GOOD, format_args!("Token {} ends {}.", token.name, ends(&token)))?;
    output.next("`postwarden token list` shows all tokens with when each was last used.")?;
    Ok(Exit::Done)
}

fn list(global: &Global, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let mut items: Vec<Token> = Vec::new();
    let mut after = String::new();
    loop {
        let page: TokenPage = client.get(&format!("{PATH}?limit={MAX_PAGE}{after}"))?;
        items.extend(page.items);
        match page.next {
            Some(next) => after = format!("&after={}", encoded(&next)),
            None => break,
        }
    }
    if output.json {
        output.json(&json!({ "items": items }))?;
        return Ok(Exit::Done);
    }
    if items.is_empty() {
        output.line("There are no tokens yet: only who may open the admin socket may do anything.")?;
        output.next(
            "`postwarden token add NAME --role ROLE` makes one; `postwarden token add --help` shows the roles.",
        )?;
        return Ok(Exit::Done);
    }
    let row = |token: &Token| {
        let tenant = token.tenant.clone().unwrap_or_else(|| "all".to_owned());
        [token.name.clone(), word(token.role).to_owned(), tenant, ends(token), used(token)]
    };
    output.line(table(["NAME", "ROLE", "TENANT", "ENDS", "LAST USED"], items.iter().map(row)))?;
    output.next("`postwarden token remove NAME` ends one; it is refused within a second.")?;
    Ok(Exit::Done)
}

fn show(global: &Global, args: &TokenNameArgs, output: &mut Output) -> Outcome {
    let token: Token = Client::new(global)?.get(&path(&args.name)).map_err(wrong)?;
    if output.json {
        output.json(&token)?;
        return Ok(Exit::Done);
    }
    output.line(format_args!("{STRONG}Token {}{STRONG:#}", token.name))?;
    output.line(format_args!("Role        {}", word(token.role)))?;
    output.line(format_args!("Tenant      {}", token.tenant.as_deref().unwrap_or("all")))?;
    output.line(format_args!("Made        {:.0}", token.created))?;
    output.line(format_args!("Ends        {}", ends(&token)))?;
    output.line(format_args!("Last used   {}", used(&token)))?;
    output.next(format_args!(
        "`postwarden token set {0} --expires 90d` prolongs it, `postwarden token remove {0}` ends it; its text is not shown again.",
        token.name
    ))?;
    Ok(Exit::Done)
}

fn remove(global: &Global, args: &TokenRemoveArgs, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let token: Token = client.get(&path(&args.name)).map_err(wrong)?;
    if !args.yes {
        let about = format!("Token {} ({}) was last used: {}.", token.name, word(token.role), used(&token));
        let question = format!("{about} Who uses it is refused from now on. Remove it?");
        if !asking::confirmed(&question, "repeat the command with --yes")? {
            output.line("Nothing was changed.")?;
            return Ok(Exit::No);
        }
    }
    let gone: Token = client.delete(&path(&args.name), None).map_err(wrong)?;
    if output.json {
        output.json(&gone)?;
        return Ok(Exit::Done);
    }
    output.styled(GOOD, format_args!("Token {} is removed: it is refused within a second.", gone.name))?;
    output
        .next("`postwarden audit --object NAME` shows what became of a token; `postwarden token list` the others.")?;
    Ok(Exit::Done)
}

fn path(name: &str) -> String {
    format!("{PATH}/{}", encoded(name))
}

fn ends(token: &Token) -> String {
    match token.expires {
        None => "never".to_owned(),
        Some(at) if at <= Timestamp::now() => format!("{at:.0}, it has expired"),
        Some(at) => format!("{at:.0}"),
    }
}

fn used(token: &Token) -> String {
    token.last_used.as_ref().map_or_else(|| "never".to_owned(), |last| format!("{:.0} from {}", last.at, last.from))
}

fn wrong(error: ClientError) -> Failure {
    match error {
        ClientError::Problem(Problem { kind: ProblemKind::NotFound, detail, .. }) => Failure::new(Exit::No, detail)
            .hint("`postwarden token list` and `postwarden tenant list` show which there are"),
        ClientError::Problem(problem) if !problem.errors.is_empty() => Failure {
            exit: Exit::Usage,
            errors: problem
                .errors
                .iter()
                .map(|error| match error.field.as_str() {
                    "" => error.message.clone(),
                    "name" => format!("NAME: {}", error.message),
                    field => format!("--{field}: {}", error.message),
                })
                .collect(),
            hint: None,
        },
        other => other.into(),
    }
}

/// A file that was not there before, for its owner alone. It goes unless it is kept.
struct NewFile {
    file: File,
    path: PathBuf,
    kept: bool,
}

impl NewFile {
    fn make(path: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| {
            Failure::usage(format!("--output {}: {error}; no token was made", path.display()))
                .hint("name a file that is not there yet")
        })?;
        Ok(Self { file, path: path.to_owned(), kept: false })
    }

    /// Writes the token into it.
    fn keep(mut self, text: &str) -> Result<PathBuf, Failure> {
        let written = writeln!(self.file, "{text}").and_then(|()| self.file.sync_all());
        written.map_err(|error| {
            Failure::usage(format!("--output {}: {error}", self.path.display()))
                .hint("the token was made and is lost: remove it by `postwarden token remove`, and make another")
        })?;
        self.kept = true;
        Ok(self.path.clone())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
