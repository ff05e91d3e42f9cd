#include "tools/audit/bundle_format.h"

#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace houniao::audit {
namespace {

constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kEndBytes = 8 + 32;
constexpr std::size_t kFileHashBytes = 32;
constexpr int kCompressionLevel = 3;

}  // namespace

void put_number(Bytes& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i)
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint64_t take_number(ByteView& in, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{in[i]} << (8 * i);
  in = in.subspan(bytes);
  return value;
}

Hash take_hash(ByteView& in) {
  Hash hash;
  std::copy_n(in.begin(), hash.bytes.size(), hash.bytes.begin());
  in = in.subspan(hash.bytes.size());
  return hash;
}

// --- writing -------------------------------------------------------------------------------------

struct BundleWriter::Zstd {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  Bytes out = Bytes(ZSTD_CStreamOutSize());
  Zstd() {
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kCompressionLevel);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  }
  ~Zstd() { ZSTD_freeCCtx(context); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
};

BundleWriter::BundleWriter(os::NewFile file)
    : file_(std::move(file)), zstd_(std::make_unique<Zstd>()) {}

BundleWriter::~BundleWriter() = default;

Result<std::unique_ptr<BundleWriter>> BundleWriter::create(const std::filesystem::path& path) {
  auto file = os::NewFile::create(path, os::Readers::owner);
  if (!file) return file.error();
  std::unique_ptr<BundleWriter> out(new BundleWriter(std::move(*file)));
  HOUNIAO_TRY(out->write(as_bytes(kBundleMagic)));
  return out;
}

Result<void> BundleWriter::write(ByteView bytes) {
  HOUNIAO_TRY(file_.write(bytes));
  file_hash_.update(bytes);
  written_ += bytes.size();
  return {};
}

Result<void> BundleWriter::compress(ByteView bytes, bool last) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  const ZSTD_EndDirective mode = last ? ZSTD_e_end : ZSTD_e_continue;
  for (;;) {
    ZSTD_outBuffer out{zstd_->out.data(), zstd_->out.size(), 0};
    const std::size_t left = ZSTD_compressStream2(zstd_->context, &out, &in, mode);
    if (ZSTD_isError(left)) return fail(Errc::internal, ZSTD_getErrorName(left));
    HOUNIAO_TRY(write(ByteView(zstd_->out).first(out.pos)));
    if (last ? left == 0 : in.pos == in.size) return {};
  }
}

Result<void> BundleWriter::add(BundleItem kind, ByteView content) {
  if (content.size() > kBundleItemBytesMax) {
    return fail(Errc::too_large, "an item of " + std::to_string(content.size()) + " bytes");
  }
  Bytes head;
  put_number(head, static_cast<std::uint8_t>(kind), 1);
  put_number(head, content.size(), 4);
  if (kind != BundleItem::end) {
    hash_.update(head);
    hash_.update(content);
    ++items_;
  }
  HOUNIAO_TRY(compress(head, false));
  return compress(content, false);
}

Result<void> BundleWriter::finish() {
  Bytes end;
  put_number(end, items_, 8);
  append(end, hash_.finish().view());
  HOUNIAO_TRY(add(BundleItem::end, end));
  HOUNIAO_TRY(compress({}, true));
  const Hash whole = file_hash_.finish();
  HOUNIAO_TRY(write(whole.view()));
  return file_.finish();
}

// --- reading -------------------------------------------------------------------------------------

struct BundleReader::Zstd {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  Bytes in = Bytes(ZSTD_DStreamInSize());
  ZSTD_inBuffer input{in.data(), 0, 0};
  bool frame_ended = false;
  Zstd() {
    // A frame may ask for a window of up to 8 MiB; a larger one is an attempt to take memory.
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 23);
  }
  ~Zstd() { ZSTD_freeDCtx(context); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
};

BundleReader::BundleReader() : zstd_(std::make_unique<Zstd>()) {}
BundleReader::~BundleReader() {
  if (file_ != nullptr) std::fclose(file_);
}

Result<std::unique_ptr<BundleReader>> BundleReader::open(const std::filesystem::path& path) {
  std::unique_ptr<BundleReader> out(new BundleReader());
  out->file_ = std::fopen(path.string().c_str(), "rbe");
  if (out->file_ == nullptr) {
    return fail(Errc::not_found, path.string() + ": " + std::strerror(errno));
  }
  std::string magic(kBundleMagic.size(), '\0');
  if (std::fread(magic.data(), 1, magic.size(), out->file_) != magic.size() ||
      magic != kBundleMagic) {
    return fail(Errc::malformed, path.string() + " is no audit bundle of this version");
  }
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size < kBundleMagic.size() + kFileHashBytes) {
    return fail(Errc::corrupt, path.string() + ": the file is cut off");
  }
  out->left_ = size - kBundleMagic.size() - kFileHashBytes;
  out->file_hash_.update(as_bytes(kBundleMagic));
  return out;
}

Error BundleReader::damaged(const std::string& what) const {
  return fail(Errc::corrupt, "item " + std::to_string(items_) + " of the bundle: " + what);
}

// At least one byte, or 0 at the end of the frame.
Result<std::size_t> BundleReader::read_some(std::uint8_t* out, std::size_t size) {
  ZSTD_outBuffer output{out, size, 0};
  while (output.pos == 0) {
    if (zstd_->input.pos == zstd_->input.size) {
      zstd_->input.pos = 0;
      zstd_->input.size =
          std::fread(zstd_->in.data(), 1, std::min<std::uint64_t>(zstd_->in.size(), left_), file_);
      if (zstd_->input.size == 0) {
        if (zstd_->frame_ended && left_ == 0) return std::size_t{0};
        return damaged("the file is cut off");
      }
      left_ -= zstd_->input.size;
      file_hash_.update(ByteView(zstd_->in.data(), zstd_->input.size));
    }
    if (zstd_->frame_ended) return damaged("the file goes on after its end");
    const std::size_t left = ZSTD_decompressStream(zstd_->context, &output, &zstd_->input);
    if (ZSTD_isError(left)) return damaged(ZSTD_getErrorName(left));
    if (left == 0) zstd_->frame_ended = true;
  }
  return output.pos;
}

Result<void> BundleReader::read_exactly(std::uint8_t* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const auto n = read_some(out + done, size - done);
    if (!n) return n.error();
    if (*n == 0) return damaged("the file ends within an item");
    done += *n;
  }
  return {};
}

Result<void> BundleReader::check_end(ByteView content) {
  if (content.size() != kEndBytes) return damaged("an end of a wrong length");
  if (take_number(content, 8) != items_) return damaged("the end states another number of items");
  if (take_hash(content) != hash_.finish()) return damaged("the end states another hash");
  ended_ = true;
  std::uint8_t more = 0;
  const auto rest = read_some(&more, 1);
  if (!rest) return rest.error();
  if (*rest != 0) return damaged("the file goes on after its end");
  return check_file();
}

// The items of the same frame can be packed in other ways; a file is the one that was written.
Result<void> BundleReader::check_file() {
  Hash stated;
  if (std::fread(stated.bytes.data(), 1, stated.bytes.size(), file_) != stated.bytes.size()) {
    return damaged("the file is cut off");
  }
  if (stated != file_hash_.finish()) return damaged("the file's hash is another");
  return {};
}

Result<std::optional<BundleReader::Item>> BundleReader::next() {
  if (ended_) return std::optional<Item>();
  std::uint8_t head[kHeadBytes];
  HOUNIAO_TRY(read_exactly(head, kHeadBytes));
  ByteView in(head, kHeadBytes);
  const auto kind = static_cast<int>(take_number(in, 1));
  const std::size_t size = take_number(in, 4);
  const bool known = (kind >= 1 && kind <= static_cast<int>(BundleItem::subtree)) ||
                     kind == static_cast<int>(BundleItem::end);
  if (!known) return damaged("of unknown kind " + std::to_string(kind));
  // Records and what is left out of them alternate; everything else comes in the order of kinds.
  const int order =
      kind == static_cast<int>(BundleItem::subtree) ? static_cast<int>(BundleItem::records) : kind;
  if (order < last_kind_) return damaged("out of order");
  last_kind_ = order;
  if (size > kBundleItemBytesMax) return damaged("of " + std::to_string(size) + " bytes");
  if (items_ >= kBundleItemsMax) return damaged("there are too many");
  // Aligned, because Cap'n Proto reads records in place (8 bytes of seq come before them).
  item_.resize(size);
  HOUNIAO_TRY(read_exactly(item_.data(), size));
  if (kind == static_cast<int>(BundleItem::end)) {
    HOUNIAO_TRY(check_end(item_));
    return std::optional<Item>();
  }
  hash_.update(ByteView(head, kHeadBytes));
  hash_.update(item_);
  ++items_;
  return std::optional<Item>(Item{static_cast<BundleItem>(kind), item_});
}

}  // namespace houniao::audit
