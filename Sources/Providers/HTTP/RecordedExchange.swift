package import Protocol

/// One request and its reply, as a line of a recording.
///
/// Of the request only what finds it again is kept: no header, and of the body its digest. Of the reply's headers those
/// that decide something are kept. `ms` of a chunk is how long it came after the one before it, or after the request.
package struct RecordedExchange: Sendable {
  /// What was asked.
  package struct Request: Sendable {
    /// The method, in capitals.
    package var method: String
    /// The address, without user name and password.
    package var url: String
    /// What the request is found again by.
    package var digest: String
    /// What it is found by where tools gave something else than when it was recorded; `nil` where they gave nothing.
    package var asked: String?
    /// Bytes of its body.
    package var bytes: Int
  }
  /// What came back first.
  package struct Response: Sendable {
    /// The HTTP status, from 100 to 599.
    package var status: Int
    /// The headers that are kept.
    package var headers: [(name: String, value: String)]
  }
  /// What was asked.
  package var request: Request
  /// Status and headers; `nil` when none came.
  package var response: Response?
  /// The body as it arrived.
  package var chunks: [(milliseconds: Int, bytes: [UInt8])] = []
  /// How it ended when not well.
  package var failure: HTTPError?

  /// An exchange of which only the request is known.
  package init(_ request: Request) { self.request = request }
}

extension RecordedExchange.Request {
  /// What of a request is recorded.
  package init(_ request: HTTPRequest) {
    self.init(
      method: request.method, url: Self.withoutUser(request.url), digest: Self.digest(request),
      asked: Self.digestOfAsked(request), bytes: request.body.count)
  }

  /// The SHA-256 of method, path with query, and body: the same whatever address a service is reached by.
  ///
  /// Of a question to a model `system` and `tools` do not count: they tell of the day, the folder and the machine, on which
  /// a recording must not depend.
  package static func digest(_ request: HTTPRequest) -> String {
    digest(request, question(in: request.body).map { JSON.object($0).serialized } ?? request.body)
  }

  /// The same, where what tools gave does not count, nor what was told of a change of circumstances.
  ///
  /// Sizes and dates of files differ when the tools run again. `nil` where there is nothing of either.
  package static func digestOfAsked(_ request: HTTPRequest) -> String? {
    guard var question = question(in: request.body), let messages = question["messages"]?.array else { return nil }
    let kept = messages.filter { $0["role"] != "system" }.map(withoutResults)
    guard kept != messages else { return nil }
    question["messages"] = .array(kept)
    return digest(request, JSON.object(question).serialized)
  }

  private static func digest(_ request: HTTPRequest, _ body: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(Array("\(request.method)\n\(path(request.url))\n".utf8))
    hash.update(body)
    return lowerHexadecimal(hash.finish())
  }

  /// A question to a model less what tells of the place it was asked from; `nil` for another body.
  private static func question(in body: [UInt8]) -> JSONObject? {
    guard var question = (try? JSON.parse(body))?.object, question["messages"] != nil else { return nil }
    question["system"] = nil
    question["tools"] = nil
    return question
  }

  /// A message with nothing of what tools gave but which calls they answered.
  private static func withoutResults(_ message: JSON) -> JSON {
    guard var object = message.object, let blocks = object["content"]?.array else { return message }
    object["content"] = .array(
      blocks.map { block in
        guard block["type"] == "tool_result" else { return block }
        return ["type": "tool_result", "tool_use_id": block["tool_use_id"] ?? .null]
      })
    return .object(object)
  }

  private static func path(_ url: String) -> Substring {
    guard let scheme = url.firstRange(of: "://") else { return url[...] }
    return url[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
  }

  private static func withoutUser(_ url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    let host = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    guard let mark = host.lastIndex(of: "@") else { return url }
    return String(url[..<scheme.upperBound] + url[url.index(after: mark)...])
  }
}

extension RecordedExchange.Response {
  /// What of a reply is recorded.
  package init(_ response: HTTPResponse) {
    self.init(status: response.status, headers: response.headers.fields.filter { Self.isKept($0.name.lowercased()) })
  }

  private static func isKept(_ name: String) -> Bool {
    ["content-type", "request-id", "retry-after", "retry-after-ms", "x-should-retry"].contains(name)
      || name.hasPrefix("anthropic-ratelimit-") || name.hasPrefix("x-amzn-")
  }
}

extension RecordedExchange {
  /// The first line of a recording whose exchanges are found by that rule.
  package static func head(match: String) -> [UInt8] {
    (["recording": "wyn360", "version": 1, "match": .string(match)] as JSON).line
  }

  /// The exchange without secrets, wherever a server or an address had them.
  package func masked(_ mask: SecretMask) -> RecordedExchange {
    var masked = self
    masked.request.url = mask.masked(request.url)
    masked.response?.headers = (response?.headers ?? []).map { ($0.name, mask.masked($0.value)) }
    masked.failure?.message = mask.masked(failure?.message ?? "")
    masked.maskBody(mask)
    return masked
  }

  /// Masks the body as a whole: a secret may begin in one chunk and end in another.
  private mutating func maskBody(_ mask: SecretMask) {
    let places = mask.occurrences(in: chunks.flatMap(\.bytes))
    guard !places.isEmpty else { return }
    var start = 0
    for index in chunks.indices {
      let bytes = chunks[index].bytes
      var kept: [UInt8] = []
      var next = 0
      for place in places where place.lowerBound < start + bytes.count && place.upperBound > start {
        kept += bytes[next..<max(next, place.lowerBound - start)]
        if place.lowerBound >= start { kept += SecretMask.mark.utf8 }
        next = min(bytes.count, place.upperBound - start)
      }
      chunks[index].bytes = kept + bytes[next...]
      start += bytes.count
    }
  }

  /// The exchange as a line of a recording.
  package var line: [UInt8] {
    var asked: JSONObject = [
      "method": .string(request.method), "url": .string(request.url), "digest": .string(request.digest),
      "bytes": .number(JSONNumber(request.bytes)),
    ]
    asked["asked"] = request.asked.map(JSON.string)
    var members: JSONObject = ["request": .object(asked)]
    if let response {
      let headers = response.headers.map { JSON.array([.string($0.name), .string($0.value)]) }
      members["response"] = ["status": .number(JSONNumber(response.status)), "headers": .array(headers)]
    }
    members["chunks"] = .array(chunks.map(Self.json))
    members["end"] = failure == nil ? "complete" : "failed"
    if let failure {
      members["failure"] = [
        "kind": .string(failure.kind.rawValue), "message": .string(failure.message),
        "responseStarted": .bool(failure.responseStarted),
      ]
    }
    return JSON.object(members).line
  }

  private static func json(_ chunk: (milliseconds: Int, bytes: [UInt8])) -> JSON {
    let content: (String, JSON) =
      if let text = String(validating: chunk.bytes, as: UTF8.self) {
        ("text", .string(text))
      } else {
        ("base64", .string(Base64.encode(chunk.bytes.span)))
      }
    return .object(JSONObject([("ms", .number(JSONNumber(chunk.milliseconds))), content]))
  }

  /// Reads the exchange in a line of a recording.
  ///
  /// - Throws: What is wrong with it, for a person.
  package init(_ line: JSON) throws(RecordingError) {
    guard let asked = line["request"], let method = asked["method"]?.string, let url = asked["url"]?.string,
      let digest = asked["digest"]?.string
    else { throw RecordingError("has no request with method, url and digest") }
    self.init(
      Request(
        method: method, url: url, digest: digest, asked: asked["asked"]?.string, bytes: asked["bytes"]?.int ?? 0))
    if let replied = line["response"], !replied.isNull {
      guard let status = replied["status"]?.int else { throw RecordingError("has a response without a status") }
      response = Response(status: status, headers: try Self.headers(replied["headers"]?.array ?? []))
    }
    for chunk in line["chunks"]?.array ?? [] {
      let chunk = try Self.chunk(chunk)
      if !chunk.bytes.isEmpty { chunks.append(chunk) }
    }
    if line["end"] == "failed" {
      let kind = line["failure"]?["kind"]?.string ?? ""
      failure = HTTPError(
        HTTPError.Kind(rawValue: kind) ?? .other, line["failure"]?["message"]?.string ?? "the recorded exchange failed",
        responseStarted: line["failure"]?["responseStarted"]?.bool ?? false)
    } else if line["end"] != "complete" || response == nil {
      throw RecordingError("has neither a whole reply nor an end of 'failed'")
    }
  }

  private static func headers(_ pairs: [JSON]) throws(RecordingError) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for pair in pairs {
      guard let pair = pair.array, pair.count == 2, let name = pair[0].string, let value = pair[1].string else {
        throw RecordingError("has a header that is no pair of name and value")
      }
      headers.append((name, value))
    }
    return headers
  }

  private static func chunk(_ chunk: JSON) throws(RecordingError) -> (milliseconds: Int, bytes: [UInt8]) {
    let milliseconds = chunk["ms"]?.int ?? 0
    if let text = chunk["text"]?.string { return (milliseconds, Array(text.utf8)) }
    guard let base64 = chunk["base64"]?.string, let bytes = Base64.decode(base64.utf8.span) else {
      throw RecordingError("has a chunk without text or valid base64")
    }
    return (milliseconds, bytes)
  }
}

/// Why a recording cannot be used.
package struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong and where, for a person.
  package var description: String

  /// An error.
  package init(_ description: String) { self.description = description }
}
