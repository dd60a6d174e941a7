//! Logs and records of the wizard, and the settings that they show.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use proptest::prelude::*;

use super::*;

const LOG: &str = include_str!("../../../../../tests/evidence/hcw/20260312_081503.log");
const RECORD: &str = include_str!("../../../../../tests/evidence/hcw/20260312_081503.xhcw");

fn run(text: &str) -> Run {
    let (mut reader, mut run) = (LogReader::default(), Run::default());
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(entry) = reader.line(number, line) {
            run.entry(entry);
        }
    }
    if let Some(entry) = reader.finish() {
        run.entry(entry);
    }
    run.finish();
    run
}

/// `line object.property: before -> after`; what was not seen before is `?`.
fn told(run: &Run) -> Vec<String> {
    let one = |change: &PropertyChange| {
        let before = change.before.as_deref().unwrap_or("?");
        let PropertyChange { line, object_type, property, after, outcome, .. } = change;
        format!("{line} {object_type}.{property}: {before} -> {after} {outcome:?}")
    };
    run.changes.iter().map(one).collect()
}

#[test]
fn a_log_tells_what_was_set_and_what_it_was() {
    let run = run(LOG);
    let old = "<I>CN=Old Issuing CA, O=Example Trust, C=US<S>CN=mail.contoso.com, O=Contoso, C=CZ";
    let new = "<I>CN=New Issuing CA, O=Example Trust, C=US<S>CN=mail.contoso.net, O=Contoso, C=CZ";
    let outlook = "mail.protection.outlook.com";
    let expected = [
        format!("17 SendConnector.TlsCertificateName: {old} -> {new} Succeeded"),
        format!("17 SendConnector.TlsDomain: {outlook} -> {outlook} Succeeded"),
        "17 SendConnector.CloudServicesMailEnabled: False -> True Succeeded".to_owned(),
        "17 SendConnector.SmartHosts: ? ->  Succeeded".to_owned(),
        "28 SendConnector.RequireTLS: False -> True NotTold".to_owned(),
        "5 SendConnector.TlsCertificateName:  ->  Succeeded".to_owned(),
        "14 InboundConnector.TlsSenderCertificateName: mail.contoso.com -> mail.contoso.com Succeeded".to_owned(),
    ];
    let told = told(&run);
    for line in &expected {
        assert!(told.contains(line), "{line} is not in {told:#?}");
    }
    assert!(!told.iter().any(|line| line.contains("AddressSpaces")), "it was set to what it was: {told:#?}");
    assert!(!told.iter().any(|line| line.contains("*.contoso.net")), "the failed call is told as a change: {told:#?}");
    let errors: Vec<u64> = run.errors.iter().map(|error| error.line).collect();
    assert_eq!(errors, [20], "{:?}", run.errors);
    assert_eq!(run.unfinished.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [21], "{:?}", run.unfinished);
    assert_eq!(run.began, WizardTime::parse("2026.03.12 08:15:03.118"));
    assert_eq!(run.ended, WizardTime::parse("2026.03.12 08:16:36.318"));
}

#[test]
fn a_record_tells_the_same() {
    let record = read_record(RECORD);
    assert_eq!(record.problems, []);
    let mut run = Run::default();
    record.invocations.into_iter().for_each(|call| run.invocation(call));
    run.finish();
    let new = "<I>CN=New Issuing CA, O=Example Trust, C=US<S>CN=mail.contoso.net, O=Contoso, C=CZ";
    assert_eq!(
        told(&run),
        [
            &*format!("5 SendConnector.TlsCertificateName: ? -> {new} NotTold"),
            "5 SendConnector.CloudServicesMailEnabled: ? -> True NotTold",
            "7 InboundConnector.ConnectorType: ? -> OnPremises NotTold",
            "7 InboundConnector.SenderDomains: ? -> *, contoso.com NotTold",
            "7 InboundConnector.TlsSenderCertificateName: ? -> *.contoso.net NotTold",
            "7 InboundConnector.Comment: ? -> Contoso's hub &amp; spoke NotTold",
            "8 OutboundConnector.: ? ->  NotTold",
        ]
    );
    assert_eq!(run.changes[0].at, Some(WizardTime::Exact("2026-03-12T07:16:31.26Z".parse().unwrap())));
}

#[test]
fn commands_are_taken_apart() {
    let check = |text: &str, expected: &[(&str, &[&str])], positional: &[&str]| {
        let command = Command::parse(text).unwrap_or_else(|| panic!("{text} is no command"));
        let own: Vec<(&str, Vec<&str>)> = command
            .parameters
            .iter()
            .map(|parameter| (&*parameter.name, parameter.values.iter().map(|value| &**value).collect()))
            .collect();
        let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|(name, values)| (*name, values.to_vec())).collect();
        assert_eq!(own, expected, "{text}");
        assert_eq!(command.positional.iter().map(|value| &**value).collect::<Vec<_>>(), positional, "{text}");
    };
    check("Get-SendConnector", &[], &[]);
    check("Get-SendConnector 'Outbound to Office 365'", &[], &["Outbound to Office 365"]);
    check("Set-X -A 'it''s' -B \"say \"\"x\"\" `$5\"", &[("A", &["it's"]), ("B", &["say \"x\" $5"])], &[]);
    check(
        "Set-X -A: $true -B:$false -C $null -D",
        &[("A", &["True"]), ("B", &["False"]), ("C", &[]), ("D", &["True"])],
        &[],
    );
    check("Set-X -A @('a','b') -B a,'b' , c -C @()", &[("A", &["a", "b"]), ("B", &["a", "b", "c"]), ("C", &[])], &[]);
    check("Set-X -A @(@('a'),('b')) -B 1", &[("A", &["a", "b"]), ("B", &["1"])], &[]);
    check("Set-X -A -5 -B ‘typographic’", &[("A", &["-5"]), ("B", &["typographic"])], &[]);
    check("Set-X -A 'no end", &[("A", &["no end"])], &[]);
    for text in ["", "hello", "Set- -A", "-Set X", "Größe-X"] {
        assert_eq!(Command::parse(text), None, "{text:?}");
    }
}

#[test]
fn entries_are_read() {
    let check = |line: &str, expected: Option<(u32, Severity, &str, bool)>| {
        let mut reader = LogReader::default();
        assert_eq!(reader.line(1, line), None);
        let entry = reader.finish();
        let own = entry.as_ref().map(|entry| (entry.event, entry.severity, entry.field("cmdlet"), entry.at.is_some()));
        assert_eq!(own, expected, "{line}");
    };
    let rest = "10277 [Client=UX, Session=Tenant, Cmdlet=Set-TransportConfig, Thread=8] FINISH Time=365.2ms";
    let cmdlet = "Set-TransportConfig";
    check(&format!("2024.01.31 20:38:59.965 WARNING {rest}"), Some((10277, Severity::Warning, cmdlet, true)));
    check(&format!("\u{feff}2024.01.31 20:38:59.965 *ERROR* {rest}"), Some((10277, Severity::Error, cmdlet, true)));
    check(&format!("2024.01.31 20:38:59.965         {rest}"), Some((10277, Severity::Information, cmdlet, true)));
    check(&format!("ERROR {rest}"), Some((10277, Severity::Error, cmdlet, false)));
    check("2024.01.31 20:38:59.965 1027 [Client=UX] no five digits", None);
    check("2024.01.31 20:38:59.965 10277 no brackets", None);
    check("2024.13.31 20:38:59.965 10277 [Client=UX] no such month", None);
    check("", None);
}

#[test]
fn files_are_recognised_by_several_marks() {
    let check = |text: &str, log: bool, record: bool| {
        assert_eq!((looks_like_log(text), looks_like_record(text)), (log, record), "{text}");
    };
    check(LOG, true, false);
    check(RECORD, false, true);
    check("; a comment\n\n2020.05.29 20:37:37.469         10179 [Client=UX, Thread=7] no proxy", true, false);
    check("10179 [Client=UX, Thread=7] once, pasted", false, false);
    check("Set-SendConnector [Client=UX]", false, false);
    check("<invoke>x</invoke>", false, false);
    check("<Objs Version=\"1.1.0.1\"><Obj RefId=\"0\"/></Objs>", false, false);
    check("", false, false);
}

#[test]
fn secrets_are_not_told() {
    let line = |number: &str, text: &str| {
        format!("2026.03.12 08:16:31.260         {number} [Client=UX, Session=Tenant, Cmdlet=New-X, Thread=9] {text}\n")
    };
    let text = line("10276", "START New-X -Name 'a' -AdminPassword 'hunter2' -TlsDomain b")
        + &line("10277", "FINISH Time=1ms Results=PASSED");
    let run = run(&text);
    assert_eq!(told(&run), ["1 X.TlsDomain: ? -> b Succeeded"]);
    assert!(!format!("{:?}", run.changes).contains("hunter2"));
}

/// The values of `TlsSenderCertificateName` that the results of a call show.
fn names_of(results: &str) -> Vec<Box<str>> {
    let objects = results::objects(results);
    objects.iter().filter_map(|own| own.property("TlsSenderCertificateName")).map(|own| own.value.clone()).collect()
}

#[test]
fn what_is_cut_off_is_not_what_it_was() {
    let check = |name: &str, expected: &[&str]| {
        let name = |before: &str| format!("{before}{name}");
        let listed = format!("Name : HQ\n{}\n", name("TlsSenderCertificateName : "));
        assert_eq!(names_of(&listed), texts(expected), "{listed}");
        let bracketed = format!("{{Name=[System.String] HQ,{},A=}}", name("TlsSenderCertificateName=[T] "));
        assert_eq!(names_of(&bracketed), texts(expected), "{bracketed}");
    };
    check("*.contoso.com", &["*.contoso.com"]);
    check("", &[""]);
    check("{}", &[""]);
    check("{a, b}", &["a, b"]);
    check("{a, b, c, d...}", &[]);
    check("{a, b, c, d…}", &[]);
    check("System.String[]", &[]);
    check("*.\u{fffd}eka.example", &[]);
    assert_eq!(names_of("{Name=HQ,TlsSenderCertificateName=*.conto...,A=}"), texts(&[]));
    assert_eq!(names_of("Name : HQ\nTlsSenderCertificateName : {a, b"), texts(&[]));
    assert_eq!(names_of("Name : HQ\nTlsSenderCertificateName : <I>CN=a,\n       CN=b\n"), texts(&["<I>CN=a, CN=b"]));
    let two = "Name : HQ\nTlsSenderCertificateName : a\n\nName : B\nTlsSenderCertificateName : b\n";
    assert_eq!(names_of(two), texts(&["a", "b"]));
    assert_eq!(names_of("TlsSenderCertificateName : a\n"), texts(&[]));
}

fn texts(items: &[&str]) -> Vec<Box<str>> {
    items.iter().map(|item| (*item).into()).collect()
}

#[test]
fn references_in_a_record_stand_for_signs() {
    let check = |written: &str, expected: &[&str]| {
        let results = format!("Name : HQ\nTlsSenderCertificateName : {written}\n");
        let record = read_record(&format!("<invoke type='a' cmdlet='Get-X'><!-- Get-X -->\n{results}</invoke>"));
        assert_eq!(names_of(&record.invocations[0].results), texts(expected), "{written}");
    };
    check("&#60;I&#x3E;CN=a&lt;S&gt;CN=b", &["<I>CN=a<S>CN=b"]);
    check("O=Dvo&#345;&#xE1;k &amp; syn", &["O=Dvořák & syn"]);
    check("mail.&own;.com", &[]);
}

#[test]
fn what_is_no_record_is_told() {
    let check = |text: &str, invocations: usize, expected: &[RecordProblem]| {
        let record = read_record(text);
        assert_eq!(record.invocations.len(), invocations, "{text}");
        let kinds = |problems: &[RecordProblem]| problems.iter().map(std::mem::discriminant).collect::<Vec<_>>();
        assert_eq!(kinds(&record.problems), kinds(expected), "{text}: {:?}", record.problems);
    };
    let call = "<invoke type='Tenant' cmdlet='Set-X'><!-- Set-X -A 1 --></invoke>";
    let broken = RecordProblem::Broken { line: 1, detail: String::new() };
    check(&format!("{call}{call}"), 2, &[]);
    check(&format!("<root>{call}</root>"), 1, &[]);
    check(
        &format!("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><root>{call}&b;</root>"),
        1,
        &[RecordProblem::DocumentType { line: 1 }],
    );
    check("<invoke type='Tenant' cmdlet='Set-X'/>", 0, &[RecordProblem::NoCommand { line: 1 }]);
    check(&format!("{call}<invoke type='Tenant"), 1, std::slice::from_ref(&broken));
    check(&format!("{call}<!-- no end"), 1, &[broken]);
    check(&"<a>".repeat(100), 0, &[RecordProblem::TooMuch { line: 1 }]);
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "(?s).{0,400}") {
        let _ = (run(&text), read_record(&text), Command::parse(&text), looks_like_log(&text));
    }

    #[test]
    fn texts_of_the_right_signs_are_survived(text in "[-@'\"`,(){}=:<>!\\[\\] \n$aSt]{0,200}") {
        let start = "2026.03.12 08:16:31.260 10276 [Client=UX, Session=Tenant, Cmdlet=Get-X, Thread=9]";
        let _ = run(&format!("{start} START Set-X {text}\n{start} FINISH Time=1 Results={text}\nActual|Equals\n{text}"));
        let _ = read_record(&format!("<invoke type='a' cmdlet='b'>{text}</invoke>"));
    }

    #[test]
    fn what_is_quoted_is_read_back(value in "\\PC{0,60}") {
        let text = format!("Set-X -A '{}'", value.replace('\'', "''"));
        let typographic = |c: char| ('\u{2018}'..='\u{201b}').contains(&c);
        prop_assume!(!value.contains(typographic));
        let command = Command::parse(&text).unwrap();
        prop_assert_eq!(command.parameters[0].text(), value);
    }
}
