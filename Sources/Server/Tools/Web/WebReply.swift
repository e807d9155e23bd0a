internal import Protocol
internal import Providers

/// What came of a request for a page, and what a model is shown of it.
struct WebReply {
  /// A reply as it was received.
  struct Received: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    /// Whether more would have come.
    var isCut: Bool
  }

  private let received: Received
  private let address: WebAddress

  init(_ received: Received, _ address: WebAddress) {
    self.received = received
    self.address = address
  }

  /// The model's view, from that character on.
  func outcome(from start: Int) throws(ToolError) -> ToolOutcome {
    if (200..<300).contains(received.status), let block = try medium() { return ToolOutcome(content: [block]) }
    let (text, notes) = try words()
    let count = text.count
    guard start == 0 || start < count else {
      throw ToolError(.invalidInput, "The page has \(count) characters; start is \(start).")
    }
    var shown = text.dropFirst(start).prefix(ToolLimits.readBytesMax)
    while shown.utf8.count > ToolLimits.readBytesMax { shown = shown.prefix(shown.count * 3 / 4) }
    let end = start + shown.count
    var remarks = notes
    if end < count { remarks.append("characters \(start) to \(end) of \(count); go on with start \(end)") }
    let isError = received.status >= 400
    if isError { remarks.insert("the server answered \(received.status)", at: 0) }
    let note = remarks.isEmpty ? "" : "\n[\(remarks.joined(separator: "; "))]"
    return ToolOutcome(text: shown + note, isError: isError)
  }

  private var type: String {
    let type = received.headers["content-type"]?.prefix { $0 != ";" } ?? ""
    return type.lowercased().filter { !$0.isWhitespace }
  }

  private func medium() throws(ToolError) -> JSON? {
    guard ImageFormat(received.body) != nil || SoundDocument.isPDF(received.body) else { return nil }
    do throws(SoundImage.Flaw) {
      if SoundDocument.isPDF(received.body) {
        return try SoundDocument.pdf(bytes: received.body, title: address.text, for: .anthropic)
      }
      return try SoundImage(bytes: received.body, for: .anthropic).block
    } catch {
      throw ToolError(.refused, "\(address.text) cannot be shown: \(error.reason).")
    }
  }

  private func words() throws(ToolError) -> (text: String, notes: [String]) {
    guard let text = decoded() else {
      let coding = received.headers["content-encoding"].map { ", compressed with \(OneLine.of($0))" } ?? ""
      let kind = (type.isEmpty ? "no text" : "'\(OneLine.of(type))'") + coding
      throw ToolError(.refused, "\(address.text) is \(kind) of \(received.body.count) bytes; it has no words to show.")
    }
    var notes: [String] = []
    if received.isCut { notes.append("the first \(ToolLimits.webBytesMax >> 20) MiB; the rest was not read") }
    let isPage = type == "text/html" || type == "application/xhtml+xml" || type.isEmpty && Self.looksLikePage(text)
    guard isPage else { return (text, notes) }
    let page = PageText.of(text)
    return ((page.title.map { "# \($0)\n\n" } ?? "") + page.text, notes)
  }

  private static func looksLikePage(_ text: String) -> Bool {
    let start = text.drop(while: \.isWhitespace).prefix(ToolLimits.referenceMax).lowercased()
    return start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
  }

  /// The body's text by what the server calls its encoding, as far as the bytes agree.
  private func decoded() -> String? {
    let named = received.headers["content-type"]?.lowercased().split(separator: ";").lazy
      .map { $0.filter { !$0.isWhitespace && $0 != "\"" } }.first { $0.hasPrefix("charset=") }?.dropFirst(8)
    // Where a character was cut at the end, the rest is UTF-8 all the same.
    if received.isCut || named == "utf-8", !received.body.prefix(EncodingLimits.binaryProbe).contains(0) {
      return String(decoding: received.body, as: UTF8.self)
    }
    if named == "utf-16le" || named == "utf-16be" {
      let mark: [UInt8] = named == "utf-16le" ? [0xFF, 0xFE] : [0xFE, 0xFF]
      let body = received.body.starts(with: mark) ? received.body : mark + received.body
      return TextEncoding.decode(body).map { String(decoding: $0.text, as: UTF8.self) }
    }
    return TextEncoding.decode(received.body).map { String(decoding: $0.text, as: UTF8.self) }
  }
}
