internal import Protocol
internal import Providers

/// An answer that is no success: its status, and what it says.
struct MCPRefusal: Sendable {
  /// What HTTP calls it, by a number.
  let status: Int
  /// The JSON-RPC error that it holds, if it speaks that at all.
  let error: RPCError?
  /// Its words, for a person; empty for a page.
  let text: String

  /// Reads one; what it says that was configured is hidden.
  ///
  /// - Throws: That the task was cancelled.
  init(_ response: HTTPResponse, _ mask: SecretMask) async throws(HTTPError) {
    status = response.status
    let body = try await response.body.beginning(bytesMax: MCPHTTPLimits.refusalMax)
    let json = try? JSON.parse(body.span, loneSurrogates: .replace)
    var found: RPCError?
    if let json, json["jsonrpc"] == "2.0", case .response(_, .failure(let error)) = Envelope(json) {
      found = error
      found?.message = mask.masked(error.message)
    }
    error = found
    text = found?.message ?? Self.words(json, body, mask)
  }

  /// Whether it says that there is no such session.
  ///
  /// 404 is what it should be; some answer 400 and say it in words.
  var namesSession: Bool { status == 404 || status == 400 && text.lowercased().contains("session") }

  /// Whether it comes of something in between, or of a server that is overloaded: it may answer later.
  private var mayPass: Bool { [429, 502, 503, 504].contains(status) }

  /// The failure that it is to whoever asked at that address.
  func failure(at place: WebAddress) -> MCPFailure {
    if let error { return .refused(error) }
    let message = "\(MCPLine.shown(place)) answered \(status)\(text.isEmpty ? "" : ": \(text)")"
    return mayPass ? .gone(message) : .unusable(message)
  }

  private static func words(_ json: JSON?, _ body: [UInt8], _ mask: SecretMask) -> String {
    let members = ["error_description", "message", "detail", "error"]
    var words = String(decoding: body, as: UTF8.self)
    if let json, json.object != nil {
      words = members.lazy.compactMap { json[$0]?.string ?? json[$0]?["message"]?.string }.first ?? ""
    }
    words = mask.masked(words)
    while words.last?.isWhitespace == true { words.removeLast() }
    guard !words.drop(while: \.isWhitespace).hasPrefix("<") else { return "" }
    return VisibleText.line(words, most: MCPHTTPLimits.refusalShownMax)
  }
}
