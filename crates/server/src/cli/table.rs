//! Tables in columns that line up also where the text is Chinese.

use unicode_width::UnicodeWidthStr;
use wording::clean;

/// Between two columns.
const GAP: &str = "  ";

/// On which side of its column a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A table with headings.
pub(super) struct Table {
    sides: Vec<Side>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub(super) fn new<const N: usize>(columns: [(&str, Side); N]) -> Self {
        let heading = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        Self { sides: columns.iter().map(|(_, side)| *side).collect(), rows: vec![heading] }
    }

    /// Adds a row.
    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.sides.len(), "a cell for each column");
        self.rows.push(cells.iter().map(|cell| clean(cell)).collect());
    }

    /// The lines, or `empty` when there is nothing but the heading.
    pub(super) fn text(&self, empty: &str) -> String {
        if self.rows.len() == 1 {
            return empty.to_owned();
        }
        let widths: Vec<usize> = (0..self.sides.len()).map(|column| self.width_of(column)).collect();
        let lines = self.rows.iter().map(|row| line(row, &widths, &self.sides));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn width_of(&self, column: usize) -> usize {
        self.rows.iter().map(|row| row[column].width()).max().unwrap_or(0)
    }
}

fn line(row: &[String], widths: &[usize], sides: &[Side]) -> String {
    let cells = row.iter().zip(widths).zip(sides).map(|((cell, width), side)| {
        let space = " ".repeat(width - cell.width());
        if *side == Side::Left { format!("{cell}{space}") } else { format!("{space}{cell}") }
    });
    cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
}

/// Labels and values, one pair a line; pairs without a value are left out.
pub(super) fn pairs(pairs: &[(&str, String)]) -> String {
    let shown: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    let width = shown.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let lines = shown
        .iter()
        .map(|(label, value)| format!("{label}{}{GAP}{}", " ".repeat(width - label.width()), clean(value)));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let mut table = Table::new([("名称", Side::Left), ("大小", Side::Right), ("类型", Side::Left)]);
        table.row(["万能驱动".into(), "1.0 GiB".into(), "universal".into()]);
        table.row(["net".into(), "9 B".into(), String::new()]);
        assert_eq!(
            table.text("-"),
            "名称         大小  类型\n万能驱动  1.0 GiB  universal\nnet           9 B"
        );
    }

    #[test]
    fn a_table_without_rows_says_so() {
        assert_eq!(Table::new([("a", Side::Left)]).text("nothing"), "nothing");
    }

    #[test]
    fn pairs_line_up_and_leave_out_what_is_not_known() {
        let shown = pairs(&[("版本", "3".into()), ("root", "ab".into()), ("x", String::new())]);
        assert_eq!(shown, "版本  3\nroot  ab");
    }
}
