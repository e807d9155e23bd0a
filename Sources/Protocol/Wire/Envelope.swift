/// One JSON-RPC 2.0 message, told apart by its members (specification sections 4 and 5).
package enum Envelope: Sendable {
  case request(id: RequestID, method: String, params: JSON?)
  case notification(method: String, params: JSON?)
  /// An answer to a request of ours; without an id to none that can be named.
  case response(id: RequestID?, Result<JSON, RPCError>)
  /// Not a message; to be answered with this error under this id, or `null`.
  case invalid(id: RequestID?, RPCError)

  /// Sorts one JSON value; `isAsked` knows the ids of our requests.
  ///
  /// Members that are `null` count as absent, as many clients write all that they know of. An answer is taken for one whatever
  /// else is wrong with it: nobody answers answers.
  package init(_ json: JSON, isAsked: (RequestID) -> Bool = { _ in false }) {
    guard case .object(let object) = json else {
      self = .invalid(id: nil, .invalidRequest("a message is an object, this is \(json.kindName)"))
      return
    }
    let rawID = object["id"]
    let id = rawID.flatMap(RequestID.init)
    let method = object["method"].flatMap { $0.isNull ? nil : $0 }
    let hasOutcome = object["result"] != nil || object["error"] != nil
    if hasOutcome && method == nil || (hasOutcome || method?.string == nil) && id.map(isAsked) == true {
      self = .response(id: id, Self.outcome(in: object))
      return
    }
    let version = object["jsonrpc"] ?? .null
    guard version == "2.0" || version.isNull else {
      self = .invalid(id: id, .invalidRequest("'jsonrpc' must be \"2.0\""))
      return
    }
    guard let method else {
      self = .invalid(id: id, .invalidRequest("'method' is missing"))
      return
    }
    guard let method = method.string else {
      self = .invalid(id: id, .invalidRequest("'method' must be a string, this is \(method.kindName)"))
      return
    }
    let params = object["params"].flatMap { $0.isNull ? nil : $0 }
    switch params {
    case nil, .object, .array: break
    default:
      self = .invalid(id: id, .invalidRequest("'params' must be an object or an array"))
      return
    }
    switch (rawID, id) {
    case (nil, _): self = .notification(method: method, params: params)
    case (_, let id?): self = .request(id: id, method: method, params: params)
    case (_, nil): self = .invalid(id: nil, .invalidRequest("'id' must be a string or a number"))
    }
  }

  /// What became of our request: an error that says anything goes before a result, and with neither there is nothing.
  private static func outcome(in object: JSONObject) -> Result<JSON, RPCError> {
    let error = object["error"] ?? .null
    guard !error.isNull, error != false else { return .success(object["result"] ?? .null) }
    let code = error["code"]?.int ?? RPCError.Code.internalError.rawValue
    let message = error["message"]?.string ?? error.string ?? "no message was given"
    return .failure(RPCError(.init(rawValue: code), message, data: error["data"]))
  }

  /// The message when its text had a flaw that makes what it says uncertain: only an answer is still taken.
  package func refused(for flaw: RPCError) -> Envelope {
    switch self {
    case .request(let id, _, _), .invalid(let id?, _): .invalid(id: id, flaw)
    case .notification, .invalid(nil, _): .invalid(id: nil, flaw)
    case .response: self
    }
  }
}
