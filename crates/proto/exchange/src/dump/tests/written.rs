//! What is written in a shape is read back equal; and whatever comes, reading is total.

use proptest::prelude::*;

use super::super::bag::PropertyBag;
use super::*;

/// An object to write: names and values.
type Written = Vec<(String, Vec<String>)>;

/// Values without what the shapes themselves use: a comma followed by a blank parts a list, braces and quotes enclose.
fn object() -> impl Strategy<Value = Written> {
    let value = prop::collection::vec("[a-zA-Z0-9*.;:/=<>-]{1,12}( [a-z0-9ěř]{1,8}){0,6}", 0..4);
    let more = prop::collection::vec(("[A-Z][A-Za-z0-9]{2,20}", value), 0..8);
    more.prop_map(|more| {
        let mut written = vec![("SourceContext".to_owned(), vec!["x".to_owned()]), ("EventId".to_owned(), vec![])];
        for (name, items) in more {
            if !written.iter().any(|(known, _): &(String, _)| known.eq_ignore_ascii_case(&name)) {
                written.push((name, items));
            }
        }
        written
    })
}

/// The one object of a text, which reading hands on as it is.
fn bag(text: &str) -> PropertyBag {
    let mut dump = read(text);
    assert_eq!((dump.other.len(), dump.problems.len()), (1, 0), "{text}\n{dump:#?}");
    dump.other.pop().unwrap().bag
}

/// What reading should give: lists stay lists.
fn lists(written: &Written) -> Vec<(String, Shown<Value>)> {
    let list = |items: &Vec<String>| Value::List(items.iter().map(|item| item.as_str().into()).collect());
    written.iter().map(|(name, items)| (name.clone(), Shown::Whole(list(items)))).collect()
}

fn read_back(text: &str) -> Vec<(String, Shown<Value>)> {
    bag(text).properties.into_iter().map(|property| (property.name.into(), property.value)).collect()
}

/// Format-List at a console's width: wrapped at the last blank that fits.
fn as_list(written: &Written, width: usize) -> String {
    let longest = written.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, items) in written {
        let mut line = format!("{name:longest$} :");
        for word in format!("{{{}}}", items.join(", ")).split(' ') {
            let is_first = line.trim_end().ends_with(':') && line.len() == longest + 2;
            if !is_first && line.chars().count() + 1 + word.chars().count() > width {
                text += &format!("{line}\n");
                line = format!("{:1$}{word}", "", longest + 3);
            } else {
                line += &format!(" {word}");
            }
        }
        text += &format!("{line}\n");
    }
    text
}

fn as_json(written: &Written) -> String {
    let fields: serde_json::Map<String, serde_json::Value> =
        written.iter().map(|(name, items)| (name.clone(), items.clone().into())).collect();
    serde_json::to_string_pretty(&fields).unwrap()
}

fn as_csv(written: &Written, delimiter: char) -> String {
    let row = |fields: Vec<String>| fields.join(&delimiter.to_string()) + "\r\n";
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let names = row(written.iter().map(|(name, _)| quoted(name)).collect());
    names + &row(written.iter().map(|(_, items)| quoted(&items.join(", "))).collect())
}

fn as_clixml(written: &Written) -> String {
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("_x", "_x005F_x");
    let mut text =
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj><MS>".to_owned();
    for (name, items) in written {
        let items: String = items.iter().map(|item| format!("<S>{}</S>", escaped(item))).collect();
        text += &format!("<Obj N=\"{name}\"><TN><T>System.Collections.ArrayList</T></TN><LST>{items}</LST></Obj>\n");
    }
    text + "</MS></Obj></Objs>"
}

proptest! {
    #[test]
    fn format_list_of_any_width_is_read_back(written in object(), width in 60_usize..200) {
        prop_assert_eq!(read_back(&as_list(&written, width)), lists(&written));
    }

    #[test]
    fn json_is_read_back(written in object()) {
        let mut expected = lists(&written);
        expected.sort_by(|left, right| left.0.cmp(&right.0));
        let mut read = read_back(&as_json(&written));
        read.sort_by(|left, right| left.0.cmp(&right.0));
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn csv_is_read_back(written in object(), delimiter in prop::sample::select(vec![',', ';', '\t'])) {
        let joined = |items: &Vec<String>| match items.join(", ") {
            text if text.is_empty() => Value::Nothing,
            text => Value::Text(text.into()),
        };
        let expected: Vec<_> = written.iter().map(|(name, items)| (name.clone(), Shown::Whole(joined(items)))).collect();
        prop_assert_eq!(read_back(&as_csv(&written, delimiter)), expected);
    }

    #[test]
    fn clixml_is_read_back(written in object()) {
        prop_assert_eq!(read_back(&as_clixml(&written)), lists(&written));
    }

    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_octets(&octets);
    }

    #[test]
    fn any_text_of_the_shapes_is_read(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..60)) {
        let text = parts.concat();
        let _ = looks_so(&text);
        let dump = read(&text);
        let lines = text.matches('\n').count() as u64 + 1;
        prop_assert!(dump.other.iter().all(|object| (1..=lines).contains(&object.bag.line)), "{}", text);
    }
}

const PARTS: [&str; 46] = [
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "  ",
    ",",
    ":",
    " : ",
    ";",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "{\"",
    "\": ",
    "[{\"",
    "}]",
    "null",
    "\\",
    "\\u12",
    "@{a=b}",
    "Name",
    "EventId",
    "SourceContext",
    "SenderDomains : {",
    "...",
    "…",
    "----",
    "---- ----",
    "ř",
    "\u{feff}",
    "\0",
    "<Objs>",
    "</Objs>",
    "<Obj RefId=\"1\">",
    "</Obj>",
    "<Props>",
    "<LST>",
    "<S N=\"Name\">",
    "</S>",
    "<Ref RefId=\"1\"/>",
    "&amp;",
    "<!--",
    "#TYPE x",
    "PS C:\\> Get-Queue",
];

#[test]
fn deep_nesting_ends() {
    let deep = 100_000;
    let texts = [
        "[".repeat(deep),
        "{\"value\":[".repeat(deep),
        format!("{{\"a\":{}", "[".repeat(deep)),
        format!("<Objs>{}", "<Obj><Props>".repeat(deep)),
        format!("<Objs>{}", "<Obj><LST>".repeat(deep)),
        format!("<Objs><Obj><Props>{}", "<Obj N=\"a\"><LST><Obj><DCT><En>".repeat(deep)),
        format!("Name : {}", "{[(".repeat(deep)),
    ];
    for text in texts {
        assert_eq!(read(&text).objects, [], "{}", &text[..40]);
    }
}

#[test]
fn repeated_objects_do_not_multiply() {
    let list = |number: usize, items: &str| format!("<Obj N=\"P{number}\" RefId=\"{number}\"><LST>{items}</LST></Obj>");
    let long = "x".repeat(1000);
    let repeats = "<Ref RefId=\"0\"/>".repeat(10_000);
    let text = format!(
        "<Objs><Obj><Props><Obj N=\"EventId\" RefId=\"0\"><ToString>{long}</ToString></Obj><S N=\"SourceContext\">x</S>{}{}</Props></Obj></Objs>",
        list(1, &repeats),
        list(2, &repeats),
    );
    let bag = bag(&text);
    let length = |property: &Property| match property.value.any() {
        Some(Value::List(items)) => items.iter().map(|item| item.len()).sum(),
        _ => 0,
    };
    let total: usize = bag.properties.iter().map(length).sum();
    assert!(total < 5 * 1024 * 1024, "{total}");
    assert!(bag.get("P2").unwrap().value.is_cut(), "what was left out is not told");
}

/// Were the work to grow with the square of the text, this would take minutes.
#[test]
fn many_lines_of_almost_nothing_are_read() {
    const MANY: usize = 1_000_000;
    let empty = "\n".repeat(MANY);
    let object = "Name : HQ\nSenderIPAddresses : {}\nTlsSenderCertificateName : *.contoso.com\n";
    let names = |text: &str| inbound(text).into_iter().map(|own| String::from(own.name)).collect::<Vec<_>>();
    assert_eq!(names(&format!("{empty}{object}")), ["HQ"]);
    assert_eq!(names(&format!("{object}{empty}{object}{empty}")), ["HQ", "HQ"]);
    // A word that was broken at the width of the console, again and again.
    let broken = format!("N : a\n{}", "    a\n".repeat(MANY));
    assert_eq!(read(&broken).objects, []);
}
