//! The original's command line, called as scripts call it: the real program, through a link called `sysmon`.

mod sysmon_cli {
    mod call;
    mod configurations;
    mod installed;
    mod messages;
    mod schemas;
}
