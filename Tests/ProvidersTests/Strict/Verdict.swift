import Protocol
import Providers
import TestSupport
import Testing

/// A request, and what a service is documented to answer it.
struct Verdict: Sendable, CustomTestStringConvertible {
  /// What is sent, in a sentence.
  let name: String
  let status: Int
  var service = Upstream.Service.anthropic
  var path = "/v1/messages"
  var headers = ["x-api-key": "k", "anthropic-version": "2023-06-01"]
  var body: JSONObject

  var testDescription: String { name }

  /// A request to the Messages API.
  init(_ name: String, _ status: Int, _ model: String, betas: [String] = [], _ more: JSONObject = [:]) {
    (self.name, self.status) = (name, status)
    body = Self.body(more)
    if body["model"] == nil { body["model"] = .string(model) }
    if !betas.isEmpty { headers["anthropic-beta"] = betas.joined(separator: ",") }
  }

  /// A request of the newest sonnet.
  init(_ name: String, _ status: Int, betas: [String] = [], _ more: JSONObject = [:]) {
    self.init(name, status, "claude-sonnet-5-5", betas: betas, more)
  }

  /// A request of the newest sonnet that is taken.
  init(_ name: String, _ more: JSONObject) { self.init(name, 200, more) }

  /// A request to Bedrock.
  init(
    _ name: String, _ status: Int = 200, bedrock model: String, betas: [String] = [],
    operation: String = "invoke-with-response-stream", _ more: JSONObject = [:]
  ) {
    (self.name, self.status) = (name, status)
    service = .bedrock
    body = Self.body(more)
    body["anthropic_version"] = "bedrock-2023-05-31"
    if !betas.isEmpty { body["anthropic_beta"] = .array(betas.map(JSON.string)) }
    headers = ["Authorization": "Bearer \(StrictUpstream.bearer)"]
    path = "/model/\(model.replacing(":", with: "%3A").replacing("/", with: "%2F"))/\(operation)"
  }

  private static func body(_ more: JSONObject) -> JSONObject {
    var body: JSONObject = ["max_tokens": 1_000, "messages": [["role": "user", "content": "hi"]]]
    for (key, value) in more { body[key] = value }
    return body
  }

  func with(_ change: (inout Verdict) -> Void) -> Verdict {
    var verdict = self
    change(&verdict)
    return verdict
  }

  /// Sends it.
  func send(to upstream: StrictUpstream) async throws -> (status: Int, type: String?, text: String) {
    let all = headers.merging(["Content-Type": "application/json"]) { own, _ in own }
    let request = HTTPRequest(
      method: "POST", url: upstream.server.url + path, headers: all.map { HTTPHeader($0.key, $0.value) },
      body: JSON.object(body).serialized)
    let reply = try await CurlTransport().reply(to: request)
    return (reply.status, reply.headers["content-type"], String(decoding: reply.body, as: UTF8.self))
  }
}

/// What verdicts are made of.
enum Piece {
  static let one: JSON = ["name": "a", "input_schema": ["type": "object"]]
  static let tools: JSON = [one]
  static let withLate: JSON = [one, late]
  static let late: JSON = ["name": "late", "defer_loading": true, "input_schema": ["type": "object"]]
  static let mark: JSON = ["type": "ephemeral"]

  static func user(_ content: JSON) -> JSON { ["role": "user", "content": content] }
  static func assistant(_ content: JSON...) -> JSON { ["role": "assistant", "content": .array(content)] }
  static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

  /// A user's message of these blocks, alone.
  static func said(_ blocks: JSON...) -> JSON { [user(.array(blocks))] }

  /// A question, and a message of the role `system` behind it.
  static func told(_ content: JSON, _ more: JSONObject = [:]) -> JSON {
    var message: JSONObject = ["role": "system", "content": content]
    for (key, value) in more { message[key] = value }
    return [user("x"), .object(message)]
  }

  /// A call and that result.
  static func result(_ more: JSONObject) -> JSON {
    var block: JSONObject = ["type": "tool_result", "tool_use_id": "t1"]
    for (key, value) in more { block[key] = value }
    return [
      user("x"), assistant(["type": "tool_use", "id": "t1", "name": "a", "input": [:]]), user([.object(block)]),
    ]
  }

  /// An image of one point whose file has that many bytes more.
  static func image(padding: Int = 0) -> JSON {
    let data = Picture.base64(count: 64 + padding)
    return ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": .string(data)]]
  }
}
