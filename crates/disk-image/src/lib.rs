//! Files inside a qcow2 image with NTFS: create, import, list, read, seal, merge.
