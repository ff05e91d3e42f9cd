#include "tools/import/xml_reader.h"

#include <expat.h>

#include <cstring>
#include <utility>

#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

struct XmlReader::Parser {
  XML_Parser expat = nullptr;
  XmlHandler* handler = nullptr;
  std::optional<Error> error;
  int depth = 0;

  void stop(Error why) {
    if (!error) error = std::move(why);
    XML_StopParser(expat, XML_FALSE);
  }
  void take(Result<void> result) {
    if (!result) stop(result.error());
  }
  void start(const char* name, const char** attributes) {
    if (error) return;
    if (++depth > limits::kXmlDepthMax) {
      return stop(fail(
          Errc::limit_exceeded,
          "XML nested deeper than " + std::to_string(limits::kXmlDepthMax) + " (kXmlDepthMax)"));
    }
    std::size_t bytes = 0;
    for (const char** at = attributes; *at != nullptr; ++at) bytes += std::strlen(*at);
    if (bytes > limits::kXmlAttributeBytesMax) {
      return stop(fail(Errc::limit_exceeded, "XML attributes of more than " +
                                                 std::to_string(limits::kXmlAttributeBytesMax) +
                                                 " bytes (kXmlAttributeBytesMax)"));
    }
    take(handler->start(local_name(name), XmlAttributes(attributes)));
  }
  void end(const char* name) {
    if (error) return;
    --depth;
    take(handler->end(local_name(name)));
  }
  void text(std::string_view piece) {
    if (!error) take(handler->text(piece));
  }
};

std::optional<std::string_view> XmlAttributes::get(std::string_view name) const {
  for (const char* const* at = pairs_; *at != nullptr; at += 2) {
    if (local_name(*at) == name) return std::string_view(at[1]);
  }
  return std::nullopt;
}

XmlReader::XmlReader(XmlHandler& handler) : parser_(new Parser) {
  parser_->handler = &handler;
  parser_->expat = XML_ParserCreate(nullptr);
  HOUNIAO_ASSERT(parser_->expat != nullptr);
  XML_SetUserData(parser_->expat, parser_);
  XML_SetElementHandler(
      parser_->expat,
      [](void* self, const char* name, const char** attributes) {
        static_cast<Parser*>(self)->start(name, attributes);
      },
      [](void* self, const char* name) { static_cast<Parser*>(self)->end(name); });
  XML_SetCharacterDataHandler(parser_->expat, [](void* self, const char* piece, int length) {
    static_cast<Parser*>(self)->text({piece, static_cast<std::size_t>(length)});
  });
  XML_SetStartDoctypeDeclHandler(
      parser_->expat, [](void* self, const char*, const char*, const char*, int) {
        static_cast<Parser*>(self)->stop(
            fail(Errc::corrupt, "XML with a document type, which no workbook has"));
      });
}

XmlReader::~XmlReader() {
  XML_ParserFree(parser_->expat);
  delete parser_;
}

Result<void> XmlReader::feed(ByteView chunk, bool last) {
  const auto status = XML_Parse(parser_->expat, reinterpret_cast<const char*>(chunk.data()),
                                static_cast<int>(chunk.size()), last ? 1 : 0);
  if (parser_->error) return *parser_->error;
  if (status == XML_STATUS_OK) return {};
  return fail(Errc::corrupt, std::string("XML that is not well formed, line ") +
                                 std::to_string(XML_GetCurrentLineNumber(parser_->expat)) + ": " +
                                 XML_ErrorString(XML_GetErrorCode(parser_->expat)));
}

}  // namespace houniao::importing
