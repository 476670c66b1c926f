//! What the programs of a system answer.

#[cfg(any(not(windows), test))]
use super::Printer;

/// Printers of `lpstat -v` in the locale `C`: `device for NAME: URI`.
#[cfg(any(not(windows), test))]
pub(super) fn printers_of_lpstat(text: &str) -> Vec<Printer> {
    let printer = |line: &str| {
        let (name, port) = line.strip_prefix("device for ")?.split_once(": ")?;
        let (name, port) = (name.to_owned(), port.trim().to_owned());
        Some(Printer { name, driver: String::new(), port, is_shared: false })
    };
    text.lines().filter_map(printer).collect()
}

/// The address in `getmac /fo csv /nh`: that of the first card with a transport, else of the first card.
#[cfg(any(windows, test))]
pub(super) fn mac_of_getmac(text: &str) -> Option<String> {
    let address = |line: &str| {
        let first = line.trim().trim_start_matches('"').split('"').next()?;
        let digits = first.split('-').all(|pair| pair.len() == 2 && u8::from_str_radix(pair, 16).is_ok());
        (digits && first.len() == 17).then(|| first.to_owned())
    };
    let connected = text.lines().filter(|line| line.contains("\\Device\\Tcpip_"));
    connected.chain(text.lines()).find_map(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printers_of_cups_have_a_name_and_a_device() {
        let text =
            "device for lp_1: usb://HP/LaserJet?serial=1\ndevice for 二楼: ipp://10.0.0.9/ipp/print\nodd\n";
        let found = printers_of_lpstat(text);
        let shown: Vec<_> = found.iter().map(|printer| (&*printer.name, &*printer.port)).collect();
        assert_eq!(shown, [("lp_1", "usb://HP/LaserJet?serial=1"), ("二楼", "ipp://10.0.0.9/ipp/print")]);
    }

    #[test]
    fn the_connected_card_names_the_machine() {
        let text = "\"00-FF-AA-00-00-01\",\"介质已断开连接\"\r\n\
            \"02-FC-00-00-00-01\",\"\\Device\\Tcpip_{0F6B}\"\r\n\"N/A\",\"N/A\"\r\n";
        assert_eq!(mac_of_getmac(text).as_deref(), Some("02-FC-00-00-00-01"));
        assert_eq!(mac_of_getmac("\"00-FF-AA-00-00-01\",\"x\"").as_deref(), Some("00-FF-AA-00-00-01"));
        assert_eq!(mac_of_getmac("ERROR: x\r\n\"a-b\",\"c\""), None);
    }
}
