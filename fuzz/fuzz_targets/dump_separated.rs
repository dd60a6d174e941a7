//! Dumps as Export-Csv saves them.

#![no_main]

use fuzz::dump;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    dump(
        &[b"#TYPE Microsoft.Exchange.Data.Directory.SystemConfiguration.SmtpSendConnectorConfig\n".as_slice(), data]
            .concat(),
    );
});
