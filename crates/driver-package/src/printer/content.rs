//! What the INF files of a printer driver say: its models, for which systems, by which IDs.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::os::{self, OsType};
use crate::report::{Device, InfReport};

/// The setup class Printer.
const CLASS: &str = "Printer";
const CLASS_GUID: &str = "{4D36E979-E325-11CE-BFC1-08002BE10318}";
/// Models that are looked at; far more than any package has.
const MODELS: usize = 20_000;
/// IDs of one model that are kept.
const IDS: usize = 32;

/// What the INF files of a printer driver say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// `x86`, `x64`, `arm64`, …, as far as the INF files name them.
    #[serde(default)]
    pub architectures: Vec<String>,
    /// Systems that at least one model supports.
    #[serde(default)]
    pub systems: Vec<OsType>,
    /// The models, in the order of the INF files.
    #[serde(default)]
    pub models: Vec<Model>,
    /// Models that there was no room for.
    #[serde(default)]
    pub models_left_out: u64,
}

/// A printer model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// The name by which Windows installs it.
    pub name: String,
    /// Who makes it.
    #[serde(default)]
    pub manufacturer: String,
    /// The INF file, as a path inside the package.
    pub inf: String,
    /// `USBPRINT\…`, `WSDPRINT\…`, `LPTENUM\…` and bare IDs, best first.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Systems that it supports.
    #[serde(default)]
    pub systems: Vec<OsType>,
}

impl Content {
    /// Works it out. Where no INF file is of class Printer, all are taken.
    pub fn of(infs: &[InfReport]) -> Self {
        let any_printer = infs.iter().any(is_printer);
        let mut content = Self { systems: os::supported_by(infs), ..Self::default() };
        for inf in infs.iter().filter(|inf| inf.is_driver_inf && (is_printer(inf) || !any_printer)) {
            let taken = OsType::ALL.map(|os| (os, os::sections_taken(inf, os)));
            let mut known = HashMap::new();
            for device in &inf.devices {
                let section = device.models_section.to_lowercase();
                let systems = taken.iter().filter(|(_, sections)| sections.contains(&section));
                content.add(inf, device, &mut known, systems.map(|(os, _)| *os));
            }
        }
        content
    }

    /// Adds a row of an INF file, whose models are `known` by their names.
    fn add<'a>(
        &mut self,
        inf: &InfReport,
        device: &'a Device,
        known: &mut HashMap<&'a str, usize>,
        systems: impl Iterator<Item = OsType>,
    ) {
        let architecture = os::architecture_of(&device.decoration);
        if !self.architectures.iter().any(|known| known == architecture) {
            self.architectures.push(architecture.to_owned());
        }
        let index = match known.get(device.description.as_str()) {
            Some(index) => *index,
            None if self.models.len() >= MODELS => {
                self.models_left_out += 1;
                return;
            }
            None => {
                self.models.push(Model {
                    name: device.description.clone(),
                    manufacturer: device.manufacturer.clone(),
                    inf: inf.path.clone(),
                    ..Model::default()
                });
                known.insert(&device.description, self.models.len() - 1);
                self.models.len() - 1
            }
        };
        self.models[index].take(device, systems);
    }

    /// Drops the second half of the models.
    pub(super) fn halve(&mut self) {
        let kept = self.models.len() / 2;
        self.models_left_out += (self.models.len() - kept) as u64;
        self.models.truncate(kept);
    }
}

impl Model {
    fn take(&mut self, device: &Device, systems: impl Iterator<Item = OsType>) {
        if let Some(id) = &device.id
            && self.ids.len() < IDS
            && !self.ids.iter().any(|known| known.eq_ignore_ascii_case(id))
        {
            self.ids.push(id.clone());
        }
        for os in systems {
            if let Err(place) = self.systems.binary_search(&os) {
                self.systems.insert(place, os);
            }
        }
    }
}

/// Whether this INF file is of class Printer.
pub(crate) fn is_printer(inf: &InfReport) -> bool {
    inf.class.as_deref().is_some_and(|class| class.eq_ignore_ascii_case(CLASS))
        || inf.class_guid.as_deref().is_some_and(|guid| guid.eq_ignore_ascii_case(CLASS_GUID))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> Content {
        let report = crate::inf::parse(text.as_bytes(), &crate::inf::Limits::default()).unwrap();
        Content::of(&[report.report("dir/lp.inf")])
    }

    #[test]
    fn models_are_gathered_from_all_sections_with_their_ids_and_systems() {
        let found = content(
            "[Version]\nSignature=\"$Windows NT$\"\nClass=Printer\n\
             [Manufacturer]\nLantern=M,NTamd64,NTamd64.10.0,NTarm64\n\
             [M]\nLP-1=A,USBPRINT\\LanternLP-1,LanternLP-1\n\
             [M.NTamd64]\nLP-1=A,USBPRINT\\LanternLP-1,LanternLP-1\n\
             [M.NTamd64.10.0]\nLP-1=A,usbprint\\lanternlp-1,WSDPRINT\\LanternLP-1\nLP-2=B,USBPRINT\\LanternLP-2\n\
             [M.NTarm64]\nLP-3=A,USBPRINT\\LanternLP-3\n[A]\n[B]\n",
        );
        assert_eq!(found.architectures, ["x86", "x64", "arm64"]);
        let names: Vec<_> = found.models.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(names, ["LP-1", "LP-2", "LP-3"]);
        assert_eq!(found.models[0].ids, ["USBPRINT\\LanternLP-1", "LanternLP-1", "WSDPRINT\\LanternLP-1"]);
        assert_eq!(found.models[0].systems, OsType::ALL);
        assert_eq!(found.models[1].systems, [OsType::Windows10x64, OsType::Windows11x64]);
        assert_eq!(found.models[2].systems, []);
        assert_eq!(
            (found.models[0].manufacturer.as_str(), found.models[0].inf.as_str()),
            ("Lantern", "dir/lp.inf")
        );
    }

    #[test]
    fn other_classes_count_only_where_there_is_no_printer() {
        let report = |class: &str, model: &str| {
            let text = format!(
                "[Version]\nSignature=\"$Windows NT$\"\nClass={class}\n[Manufacturer]\nL=M,NTamd64\n\
                 [M.NTamd64]\n{model}=A,ID\\{model}\n[A]\n"
            );
            let inf = crate::inf::parse(text.as_bytes(), &crate::inf::Limits::default()).unwrap();
            inf.report(&format!("{model}.inf"))
        };
        let names = |infs: &[InfReport]| {
            Content::of(infs).models.into_iter().map(|model| model.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[report("Net", "n"), report("Printer", "p")]), ["p"]);
        assert_eq!(names(&[report("Net", "n")]), ["n"]);
    }
}
