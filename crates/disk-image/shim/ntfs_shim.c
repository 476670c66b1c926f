/* Flat functions over libntfs-3g. SPDX-License-Identifier: GPL-3.0-or-later */

#include "ntfs_shim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ntfs-3g/types.h>
#include <ntfs-3g/layout.h>
#include <ntfs-3g/attrib.h>
#include <ntfs-3g/bitmap.h>
#include <ntfs-3g/device.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/logging.h>
#include <ntfs-3g/runlist.h>
#include <ntfs-3g/security.h>
#include <ntfs-3g/volume.h>

/* Clusters that the allocator of libntfs-3g leaves free behind each allocation. */
#define ALLOCATOR_SKIP 4096
#define INHERITED_CACHE 16

struct device_state {
	void *context;
	const struct shim_device_calls *calls;
	int64_t size;
	int64_t position;
};

struct inherited_ids {
	le32 parent;
	le32 file;
	le32 directory;
};

struct shim_volume {
	ntfs_volume *volume;
	struct device_state device;
	struct SECURITY_CONTEXT security;
	struct PERMISSIONS_CACHE *permissions;
	struct inherited_ids inherited[INHERITED_CACHE];
	unsigned inherited_next;
	s64 allocator_position;
};

static int failure(void)
{
	return errno ? -errno : -EIO;
}

/* ---- the device ---- */

static struct device_state *state_of(struct ntfs_device *device)
{
	return device->d_private;
}

static s64 answer(int64_t result)
{
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

static int device_open(struct ntfs_device *device, int flags)
{
	if (NDevOpen(device)) {
		errno = EBUSY;
		return -1;
	}
	if ((flags & O_RDWR) != O_RDWR)
		NDevSetReadOnly(device);
	NDevSetOpen(device);
	return 0;
}

static int device_sync(struct ntfs_device *device)
{
	if (!NDevReadOnly(device) && NDevDirty(device)) {
		int result = state_of(device)->calls->flush(state_of(device)->context);

		if (result < 0) {
			errno = -result;
			return -1;
		}
		NDevClearDirty(device);
	}
	return 0;
}

static int device_close(struct ntfs_device *device)
{
	int result;

	if (!NDevOpen(device)) {
		errno = EBADF;
		return -1;
	}
	result = device_sync(device);
	NDevClearOpen(device);
	return result;
}

static s64 device_seek(struct ntfs_device *device, s64 offset, int whence)
{
	struct device_state *state = state_of(device);
	s64 target = offset;

	if (whence == SEEK_CUR)
		target += state->position;
	else if (whence == SEEK_END)
		target += state->size;
	if (target < 0 || target > state->size) {
		errno = EINVAL;
		return -1;
	}
	state->position = target;
	return target;
}

static s64 device_read_at(struct ntfs_device *device, void *buffer, s64 count, s64 offset)
{
	struct device_state *state = state_of(device);

	if (offset < 0 || count < 0 || offset > state->size) {
		errno = EINVAL;
		return -1;
	}
	if (count > state->size - offset)
		count = state->size - offset;
	return answer(state->calls->read_at(state->context, buffer, count, offset));
}

static s64 device_write_at(struct ntfs_device *device, const void *buffer, s64 count, s64 offset)
{
	struct device_state *state = state_of(device);

	if (NDevReadOnly(device)) {
		errno = EROFS;
		return -1;
	}
	if (offset < 0 || count < 0 || offset > state->size || count > state->size - offset) {
		errno = EINVAL;
		return -1;
	}
	NDevSetDirty(device);
	return answer(state->calls->write_at(state->context, buffer, count, offset));
}

static s64 device_read(struct ntfs_device *device, void *buffer, s64 count)
{
	s64 done = device_read_at(device, buffer, count, state_of(device)->position);

	if (done > 0)
		state_of(device)->position += done;
	return done;
}

static s64 device_write(struct ntfs_device *device, const void *buffer, s64 count)
{
	s64 done = device_write_at(device, buffer, count, state_of(device)->position);

	if (done > 0)
		state_of(device)->position += done;
	return done;
}

static int device_stat(struct ntfs_device *device, struct stat *out)
{
	memset(out, 0, sizeof(*out));
	out->st_mode = S_IFREG;
	out->st_size = state_of(device)->size;
	return 0;
}

static int device_ioctl(struct ntfs_device *device, unsigned long request, void *argument)
{
	(void)device;
	(void)request;
	(void)argument;
	errno = EOPNOTSUPP;
	return -1;
}

static struct ntfs_device_operations device_operations = {
	.open = device_open,
	.close = device_close,
	.seek = device_seek,
	.read = device_read,
	.write = device_write,
	.pread = device_read_at,
	.pwrite = device_write_at,
	.sync = device_sync,
	.stat = device_stat,
	.ioctl = device_ioctl,
};

/* ---- the volume ---- */

int shim_mount(void *context, const struct shim_device_calls *calls, uint64_t size_bytes, int read_only,
	       struct shim_volume **out)
{
	struct shim_volume *shim = calloc(1, sizeof(*shim));
	struct ntfs_device *device;
	int result;

	if (!shim)
		return -ENOMEM;
	ntfs_log_set_handler(ntfs_log_handler_stderr);
	shim->device.context = context;
	shim->device.calls = calls;
	shim->device.size = (int64_t)size_bytes;
	device = ntfs_device_alloc("disk", 0, &device_operations, &shim->device);
	if (!device) {
		result = failure();
		free(shim);
		return result;
	}
	errno = 0;
	shim->volume = ntfs_device_mount(device, read_only ? NTFS_MNT_RDONLY : NTFS_MNT_NONE);
	if (!shim->volume) {
		result = failure();
		ntfs_device_free(device);
		free(shim);
		return result;
	}
	NVolSetShowSysFiles(shim->volume);
	NVolSetShowHidFiles(shim->volume);
	shim->security.vol = shim->volume;
	shim->security.pseccache = &shim->permissions;
	shim->allocator_position = shim->volume->data1_zone_pos;
	*out = shim;
	return 0;
}

int shim_unmount(struct shim_volume *shim)
{
	int result = 0;

	errno = 0;
	if (ntfs_umount(shim->volume, FALSE)) {
		/* It keeps the volume when it fails gently: let go of the memory, but tell. */
		result = failure();
	}
	free(shim->permissions);
	free(shim);
	return result;
}

void shim_volume_facts(const struct shim_volume *shim, struct shim_volume_facts *out)
{
	memset(out, 0, sizeof(*out));
	out->cluster_count = (uint64_t)shim->volume->nr_clusters;
	out->cluster_size_bytes = shim->volume->cluster_size;
	out->is_dirty = (shim->volume->flags & VOLUME_IS_DIRTY) != 0;
	out->major_version = shim->volume->major_ver;
	out->minor_version = shim->volume->minor_ver;
}

int64_t shim_free_clusters(struct shim_volume *shim)
{
	errno = 0;
	if (!NVolFreeSpaceKnown(shim->volume) && ntfs_volume_get_free_space(shim->volume))
		return failure();
	return shim->volume->free_clusters;
}

int shim_set_dirty(struct shim_volume *shim, int dirty)
{
	le16 flags = shim->volume->flags;

	if (dirty)
		flags |= VOLUME_IS_DIRTY;
	else
		flags &= ~VOLUME_IS_DIRTY;
	errno = 0;
	return ntfs_volume_write_flags(shim->volume, flags) ? failure() : 0;
}

int64_t shim_bitmap_read(struct shim_volume *shim, uint64_t offset, void *buffer, int64_t count)
{
	s64 done;

	errno = 0;
	done = ntfs_attr_pread(shim->volume->lcnbmp_na, (s64)offset, count, buffer);
	return done < 0 ? failure() : done;
}

/* The allocator jumps ahead after each allocation, which spreads small files over the disk: follow it back. */
static void settle_allocator(struct shim_volume *shim)
{
	ntfs_volume *volume = shim->volume;

	if (volume->data1_zone_pos != shim->allocator_position &&
	    volume->data1_zone_pos >= volume->mft_zone_end + ALLOCATOR_SKIP)
		volume->data1_zone_pos -= ALLOCATOR_SKIP;
	shim->allocator_position = volume->data1_zone_pos;
}

/* ---- growing ----
 *
 * $Bitmap and $BadClus are lengthened by hand: libntfs-3g would look for room for $Bitmap in a volume that may be full,
 * and would mark $BadClus as sparse, which no other program does.
 */

/* A copy of a runlist with one more run at its end. */
static runlist_element *append_run(const runlist_element *list, LCN lcn, s64 clusters)
{
	runlist_element *longer, *end;
	size_t count = 0;

	while (list[count].length)
		count++;
	longer = calloc(count + 2, sizeof(*longer));
	if (!longer)
		return NULL;
	memcpy(longer, list, count * sizeof(*longer));
	end = longer + count;
	if (count && (lcn == LCN_HOLE ? end[-1].lcn == LCN_HOLE : end[-1].lcn + end[-1].length == lcn)) {
		end[-1].length += clusters;
	} else {
		end->vcn = count ? end[-1].vcn + end[-1].length : 0;
		end->lcn = lcn;
		end->length = clusters;
		end++;
	}
	end->vcn = end[-1].vcn + end[-1].length;
	end->lcn = LCN_ENOENT;
	end->length = 0;
	return longer;
}

static int write_runlist(ntfs_volume *volume, ntfs_attr_search_ctx *context, const runlist_element *list)
{
	ATTR_RECORD *attribute = context->attr;
	u32 offset = le16_to_cpu(attribute->mapping_pairs_offset);
	int size = ntfs_get_size_for_mapping_pairs(volume, list, 0, INT_MAX);

	if (size < 0)
		return failure();
	if (offset + size > le32_to_cpu(attribute->length) &&
	    ntfs_attr_record_resize(context->mrec, attribute, (offset + size + 7) & ~7U))
		return -EOPNOTSUPP;
	if (ntfs_mapping_pairs_build(volume, (u8 *)attribute + offset, le32_to_cpu(attribute->length) - offset,
				     list, 0, NULL))
		return failure();
	return 0;
}

/* Adds a run to an attribute that lies in one record, as it does in these two files unless they are in very many pieces. */
static int append_to_attribute(ntfs_volume *volume, ntfs_attr_search_ctx *context, LCN lcn, s64 clusters)
{
	ATTR_RECORD *attribute = context->attr;
	s64 before = sle64_to_cpu(attribute->allocated_size) >> volume->cluster_size_bits;
	runlist_element *list, *longer;
	int result;

	if (!attribute->non_resident || attribute->lowest_vcn ||
	    sle64_to_cpu(attribute->highest_vcn) + 1 != before)
		return -EOPNOTSUPP;
	list = ntfs_mapping_pairs_decompress(volume, attribute, NULL);
	if (!list)
		return failure();
	longer = append_run(list, lcn, clusters);
	free(list);
	if (!longer)
		return -ENOMEM;
	result = write_runlist(volume, context, longer);
	free(longer);
	if (!result) {
		attribute->highest_vcn = cpu_to_sle64(before + clusters - 1);
		attribute->allocated_size = cpu_to_sle64((before + clusters) << volume->cluster_size_bits);
	}
	return result;
}

/* Lengthens the data of a file by a run, which may be empty, and sets their size. */
static int lengthen_data(ntfs_volume *volume, ntfs_inode *inode, ntfschar *name, u32 units, LCN lcn,
			 s64 clusters, s64 size)
{
	ntfs_attr_search_ctx *context;
	int result = 0;

	errno = 0;
	context = ntfs_attr_get_search_ctx(inode, NULL);
	if (!context)
		return failure();
	if (ntfs_attr_lookup(AT_DATA, name, units, CASE_SENSITIVE, 0, NULL, 0, context))
		result = failure();
	else if (clusters)
		result = append_to_attribute(volume, context, lcn, clusters);
	if (!result) {
		context->attr->data_size = cpu_to_sle64(size);
		/* What is a hole has no bytes that were ever written. */
		if (lcn != LCN_HOLE)
			context->attr->initialized_size = context->attr->data_size;
		ntfs_inode_mark_dirty(context->ntfs_ino);
	}
	ntfs_attr_put_search_ctx(context);
	return result;
}

/* $BadClus has a hole as long as the volume. */
static int grow_bad_clusters(ntfs_volume *volume, s64 clusters)
{
	ntfschar name[4] = { const_cpu_to_le16('$'), const_cpu_to_le16('B'), const_cpu_to_le16('a'),
			     const_cpu_to_le16('d') };
	ntfs_inode *inode;
	int result;

	errno = 0;
	inode = ntfs_inode_open(volume, FILE_BadClus);
	if (!inode)
		return failure();
	result = lengthen_data(volume, inode, name, 4, LCN_HOLE, clusters,
			       volume->nr_clusters << volume->cluster_size_bits);
	if (ntfs_inode_close(inode) && !result)
		result = failure();
	return result;
}

static int reopen_bitmap(ntfs_volume *volume)
{
	errno = 0;
	ntfs_attr_close(volume->lcnbmp_na);
	volume->lcnbmp_na = ntfs_attr_open(volume->lcnbmp_ni, AT_DATA, AT_UNNAMED, 0);
	if (!volume->lcnbmp_na || ntfs_attr_map_whole_runlist(volume->lcnbmp_na))
		return failure();
	volume->lcnbmp_ni->data_size = volume->lcnbmp_na->data_size;
	volume->lcnbmp_ni->allocated_size = volume->lcnbmp_na->allocated_size;
	NInoFileNameSetDirty(volume->lcnbmp_ni);
	return 0;
}

/* What lay in $Bitmap's last cluster behind its end. */
static int clear_bitmap(ntfs_attr *bitmap, s64 from, s64 to)
{
	static const char zeroes[4096];

	while (from < to) {
		s64 count = to - from < (s64)sizeof(zeroes) ? to - from : (s64)sizeof(zeroes);

		if (ntfs_attr_pwrite(bitmap, from, count, zeroes) != count)
			return failure();
		from += count;
	}
	return 0;
}

static int mark_clusters(ntfs_attr *bitmap, s64 from, s64 to, int used)
{
	if (from >= to)
		return 0;
	errno = 0;
	if (used)
		return ntfs_bitmap_set_run(bitmap, from, to - from) ? failure() : 0;
	return ntfs_bitmap_clear_run(bitmap, from, to - from) ? failure() : 0;
}

/* $Bitmap gets its new part at the beginning of what is added, where all is zero and surely free. */
static int grow_bitmap(ntfs_volume *volume, s64 before)
{
	s64 old_size = volume->lcnbmp_na->data_size, old_allocated = volume->lcnbmp_na->allocated_size;
	s64 size = (volume->nr_clusters + 63) / 64 * 8, clusters = 0;
	int result;

	if (size < old_size)
		size = old_size;
	if (size > old_allocated)
		clusters = (size - old_allocated + volume->cluster_size - 1) >> volume->cluster_size_bits;
	result = lengthen_data(volume, volume->lcnbmp_ni, AT_UNNAMED, 0, before, clusters, size);
	if (!result)
		result = reopen_bitmap(volume);
	if (!result)
		result = clear_bitmap(volume->lcnbmp_na, old_size, size < old_allocated ? size : old_allocated);
	/* Bits behind the last cluster are set, so the old ones there must go. */
	if (!result)
		result = mark_clusters(volume->lcnbmp_na, before, old_size * 8, 0);
	if (!result)
		result = mark_clusters(volume->lcnbmp_na, before, before + clusters, 1);
	if (!result)
		result = mark_clusters(volume->lcnbmp_na, volume->nr_clusters, size * 8, 1);
	if (!result && ntfs_inode_sync(volume->lcnbmp_ni))
		result = failure();
	return result;
}

int shim_grow(struct shim_volume *shim, uint64_t cluster_count)
{
	s64 before = shim->volume->nr_clusters;
	int result;

	shim->volume->nr_clusters = (s64)cluster_count;
	result = grow_bad_clusters(shim->volume, shim->volume->nr_clusters - before);
	return result ? result : grow_bitmap(shim->volume, before);
}

/* ---- inodes ---- */

int shim_inode_open(struct shim_volume *shim, uint64_t reference, void **out)
{
	ntfs_inode *inode;

	errno = 0;
	inode = ntfs_inode_open(shim->volume, (MFT_REF)reference);
	if (!inode)
		return failure();
	/* A reference with a sequence number must still name the same file. */
	if (MSEQNO(reference) && MSEQNO(reference) != le16_to_cpu(inode->mrec->sequence_number)) {
		ntfs_inode_close(inode);
		return -ESTALE;
	}
	*out = inode;
	return 0;
}

int shim_inode_close(void *inode, void *directory)
{
	errno = 0;
	if (directory)
		return ntfs_inode_close_in_dir(inode, directory) ? failure() : 0;
	return ntfs_inode_close(inode) ? failure() : 0;
}

void shim_inode_facts(void *opaque, struct shim_inode_facts *out)
{
	ntfs_inode *inode = opaque;

	memset(out, 0, sizeof(*out));
	out->reference = MK_MREF(inode->mft_no, le16_to_cpu(inode->mrec->sequence_number));
	out->is_directory = (inode->mrec->flags & MFT_RECORD_IS_DIRECTORY) != 0;
	out->size_bytes = out->is_directory ? 0 : (uint64_t)inode->data_size;
	out->modified_ticks = (uint64_t)sle64_to_cpu(inode->last_data_change_time);
}

void shim_inode_set_times(void *opaque, uint64_t ticks)
{
	ntfs_inode *inode = opaque;
	sle64 time = cpu_to_sle64((s64)ticks);

	inode->creation_time = time;
	inode->last_data_change_time = time;
	inode->last_mft_change_time = time;
	inode->last_access_time = time;
	NInoFileNameSetDirty(inode);
	ntfs_inode_mark_dirty(inode);
}

/* ---- directories ---- */

int shim_lookup(void *directory, const uint16_t *name, uint32_t name_units, uint64_t *out)
{
	ntfs_inode *inode = directory;
	u64 reference;

	errno = 0;
	/* Only while looking up: in this mode libntfs-3g would also list names in lower case. */
	NVolClearCaseSensitive(inode->vol);
	reference = ntfs_inode_lookup_by_name(inode, (const ntfschar *)name, (int)name_units);
	NVolSetCaseSensitive(inode->vol);
	if (reference == (u64)-1)
		return failure();
	*out = reference;
	return 0;
}

struct visit_state {
	shim_directory_visit visit;
	void *context;
};

static int visit_entry(void *opaque, const ntfschar *name, const int name_units, const int name_type,
		       const s64 position, const MFT_REF reference, const unsigned type)
{
	struct visit_state *state = opaque;

	(void)position;
	(void)type;
	if (name_type == FILE_NAME_DOS)
		return 0;
	if (name_units <= 2 && name[0] == const_cpu_to_le16('.') &&
	    (name_units == 1 || name[1] == const_cpu_to_le16('.')))
		return 0;
	/* The files of NTFS itself. */
	if (MREF(reference) < FILE_first_user)
		return 0;
	return state->visit(state->context, (const uint16_t *)name, (uint32_t)name_units, reference);
}

int shim_directory_list(void *directory, shim_directory_visit visit, void *context)
{
	struct visit_state state = { visit, context };
	s64 position = 0;

	errno = 0;
	return ntfs_readdir(directory, &position, &state, visit_entry) ? failure() : 0;
}

static le32 inherited_id(struct shim_volume *shim, ntfs_inode *directory, int is_directory)
{
	le32 parent = directory->security_id;
	struct inherited_ids *slot;
	unsigned i;

	if (parent)
		for (i = 0; i < INHERITED_CACHE; i++)
			if (shim->inherited[i].parent == parent)
				return is_directory ? shim->inherited[i].directory : shim->inherited[i].file;
	slot = &shim->inherited[shim->inherited_next++ % INHERITED_CACHE];
	slot->parent = parent;
	slot->file = ntfs_inherited_id(&shim->security, directory, FALSE);
	slot->directory = ntfs_inherited_id(&shim->security, directory, TRUE);
	return is_directory ? slot->directory : slot->file;
}

int shim_create(struct shim_volume *shim, void *directory, const uint16_t *name, uint32_t name_units,
		int is_directory, void **out)
{
	ntfs_inode *inode;
	le32 security = inherited_id(shim, directory, is_directory);

	errno = 0;
	inode = ntfs_create(directory, security, (const ntfschar *)name, (u8)name_units,
			    is_directory ? S_IFDIR : S_IFREG);
	settle_allocator(shim);
	if (!inode)
		return failure();
	*out = inode;
	return 0;
}

int shim_link(void *inode, void *directory, const uint16_t *name, uint32_t name_units)
{
	errno = 0;
	return ntfs_link(inode, directory, (const ntfschar *)name, (u8)name_units) ? failure() : 0;
}

/* Closes both inodes, also when it fails. */
int shim_delete(struct shim_volume *shim, void *directory, void *inode, const uint16_t *name,
		uint32_t name_units)
{
	int result;

	errno = 0;
	NVolClearCaseSensitive(shim->volume);
	result = ntfs_delete(shim->volume, NULL, inode, directory, (const ntfschar *)name, (u8)name_units);
	NVolSetCaseSensitive(shim->volume);
	return result ? failure() : 0;
}

/* ---- the data of a file ---- */

int shim_data_open(void *inode, void **out)
{
	ntfs_attr *data;

	errno = 0;
	data = ntfs_attr_open(inode, AT_DATA, AT_UNNAMED, 0);
	if (!data)
		return failure();
	*out = data;
	return 0;
}

void shim_data_close(void *data)
{
	ntfs_attr_close(data);
}

/* Sets the size and allocates all of it at once, so that it lies in one piece where it can. */
int shim_data_reserve(struct shim_volume *shim, void *data, int64_t size)
{
	int result;

	errno = 0;
	result = ntfs_attr_truncate_solid(data, size) ? failure() : 0;
	settle_allocator(shim);
	return result;
}

int64_t shim_data_read(void *data, void *buffer, int64_t count, int64_t offset)
{
	s64 done;

	errno = 0;
	done = ntfs_attr_pread(data, offset, count, buffer);
	return done < 0 ? failure() : done;
}

int64_t shim_data_write(void *data, const void *buffer, int64_t count, int64_t offset)
{
	s64 total = 0;

	while (total < count) {
		s64 done;

		errno = 0;
		done = ntfs_attr_pwrite(data, offset + total, count - total, (const char *)buffer + total);
		if (done <= 0)
			return failure();
		total += done;
	}
	return total;
}
