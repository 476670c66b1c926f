//! The bounds on what an INF file may make us do.

/// How much one INF file may ask for. Text beyond a limit is either refused or cut with a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file; larger files are refused.
    pub file_bytes: usize,
    /// Section headers; more are refused.
    pub sections: usize,
    /// Lines with content; more are refused.
    pub lines: usize,
    /// Fields of all lines together; more are refused.
    pub fields: usize,
    /// Rows of [`crate::report::InfReport::devices`]; further ones are left out, with a warning.
    pub devices: usize,
    /// Lines of `[Manufacturer]`, entries of any other list; further ones are left out, with a warning.
    pub list_entries: usize,
    /// Length of any one text in the report; the rest is cut, with a warning. SetupAPI allows 4,096.
    pub text_chars: usize,
    /// All texts of the report together, and what is read to make them; rows beyond it are left out, with a warning.
    pub report_bytes: usize,
    /// Different warnings of one file; further ones are left out.
    pub warnings: usize,
}

impl Default for Limits {
    /// About ten times what the largest display and printer packages of the big vendors need.
    fn default() -> Self {
        Self {
            file_bytes: 16 << 20,
            sections: 100_000,
            lines: 500_000,
            fields: 2_000_000,
            devices: 100_000,
            list_entries: 4_096,
            text_chars: 4_096,
            report_bytes: 64 << 20,
            warnings: 32,
        }
    }
}
