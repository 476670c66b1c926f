/* Flat functions over libntfs-3g, and the device they run on. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function that can fail answers a negative errno; pointers come back through the last parameter.
 * One volume belongs to one thread. An inode must never be opened twice: libntfs-3g keeps no table of them.
 */
#ifndef NTFS_SHIM_H
#define NTFS_SHIM_H

#include <stdint.h>

struct shim_volume;

/* The disk below the volume. Each call answers a count or 0, or a negative errno. */
struct shim_device_calls {
	int64_t (*read_at)(void *context, void *buffer, int64_t count, int64_t offset);
	int64_t (*write_at)(void *context, const void *buffer, int64_t count, int64_t offset);
	int (*flush)(void *context);
};

struct shim_volume_facts {
	uint64_t cluster_count;
	uint32_t cluster_size_bytes;
	uint32_t is_dirty;
	uint8_t major_version;
	uint8_t minor_version;
};

struct shim_inode_facts {
	uint64_t reference; /* record number and sequence number */
	uint64_t size_bytes;
	uint64_t modified_ticks; /* 100 ns since 1601 */
	uint32_t is_directory;
};

typedef int (*shim_directory_visit)(void *context, const uint16_t *name, uint32_t name_units, uint64_t reference);

int shim_mount(void *context, const struct shim_device_calls *calls, uint64_t size_bytes, int read_only,
	       struct shim_volume **out);
int shim_unmount(struct shim_volume *volume);
void shim_volume_facts(const struct shim_volume *volume, struct shim_volume_facts *out);
int64_t shim_free_clusters(struct shim_volume *volume);
int shim_set_dirty(struct shim_volume *volume, int dirty);
int shim_grow(struct shim_volume *volume, uint64_t cluster_count);
int64_t shim_bitmap_read(struct shim_volume *volume, uint64_t offset, void *buffer, int64_t count);

int shim_inode_open(struct shim_volume *volume, uint64_t reference, void **out);
int shim_inode_close(void *inode, void *directory);
void shim_inode_facts(void *inode, struct shim_inode_facts *out);
void shim_inode_set_times(void *inode, uint64_t ticks);

int shim_lookup(void *directory, const uint16_t *name, uint32_t name_units, uint64_t *out);
int shim_directory_list(void *directory, shim_directory_visit visit, void *context);
int shim_create(struct shim_volume *volume, void *directory, const uint16_t *name, uint32_t name_units,
		int is_directory, void **out);
int shim_link(void *inode, void *directory, const uint16_t *name, uint32_t name_units);
int shim_delete(struct shim_volume *volume, void *directory, void *inode, const uint16_t *name,
		uint32_t name_units);

int shim_data_open(void *inode, void **out);
void shim_data_close(void *data);
int shim_data_reserve(struct shim_volume *volume, void *data, int64_t size);
int64_t shim_data_read(void *data, void *buffer, int64_t count, int64_t offset);
int64_t shim_data_write(void *data, const void *buffer, int64_t count, int64_t offset);

#endif
