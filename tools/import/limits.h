// Limits of what the import reads. A ledger comes from outside and may be damaged or hostile, so
// every size that it names is bounded before memory is given to it. Extends base/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace houniao::limits {

// The file itself, read into memory once: its hash and its rows must be of the same bytes.
inline constexpr std::size_t kImportFileBytesMax = std::size_t{512} << 20;
// Rows of one sheet: as many as a workbook can hold.
inline constexpr std::size_t kImportRowsMax = 1'048'576;
inline constexpr std::size_t kImportColumnsMax = 1'024;
// Text of one cell; a workbook allows 32,767 characters.
inline constexpr std::size_t kImportCellBytesMax = 128 * 1024;
// Text of all cells of one sheet.
inline constexpr std::size_t kImportSheetBytesMax = std::size_t{1} << 30;

inline constexpr std::size_t kZipEntriesMax = 4'096;
// One part of a workbook after decompression.
inline constexpr std::size_t kZipPartBytesMax = std::size_t{1} << 30;
// Parts that are small stay so; the others may not grow more than this when they are opened.
// DEFLATE cannot exceed 1,032; sheets of real ledgers stay below 100.
inline constexpr std::size_t kZipRatioMax = 400;
inline constexpr std::size_t kZipRatioFreeBytes = std::size_t{16} << 20;
inline constexpr int kXmlDepthMax = 64;
inline constexpr std::size_t kXmlAttributeBytesMax = 64 * 1024;
inline constexpr std::size_t kSharedStringsMax = 4'194'304;
inline constexpr std::size_t kSharedStringBytesMax = std::size_t{512} << 20;
inline constexpr std::size_t kCellStylesMax = 65'536;
inline constexpr std::size_t kSheetsMax = 1'024;
inline constexpr std::size_t kMergedRangesMax = 65'536;

inline constexpr std::size_t kMappingBytesMax = std::size_t{4} << 20;
inline constexpr std::size_t kMappingEntriesMax = 256;
inline constexpr int kMappingDepthMax = 8;
// Rows that are committed together: one fsync of the journal and one of the client's store.
inline constexpr std::size_t kImportBatchRows = 4'096;
// Personal data of one row before it is sealed; below kSealedBytesMax with what sealing adds.
inline constexpr std::size_t kImportPersonalBytesMax = 4'000;
// Texts and lists of one row; below kEventBytesMax with everything else an event carries.
inline constexpr std::size_t kImportRowBytesMax = 40 * 1024;
// Places that the report lists; the files beside it list all.
inline constexpr std::size_t kImportListedMax = 10'000;
inline constexpr std::size_t kJournalLineBytesMax = std::size_t{4} << 20;
inline constexpr std::size_t kJournalBytesMax = std::size_t{4} << 30;

}  // namespace houniao::limits
