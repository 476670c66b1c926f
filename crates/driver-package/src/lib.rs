//! What an uploaded driver archive is: entries, INF files, devices.
