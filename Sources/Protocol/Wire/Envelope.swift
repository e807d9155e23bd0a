/// One JSON-RPC 2.0 message, told apart by its members (specification sections 4 and 5).
package enum Envelope: Sendable {
  case request(id: RequestID, method: String, params: JSON?)
  case notification(method: String, params: JSON?)
  /// An answer to a request of ours.
  case response(id: RequestID, Result<JSON, RPCError>)
  /// Not a message; to be answered with this error under this id, or `null`.
  case invalid(id: RequestID?, RPCError)

  /// Sorts one JSON value.
  package init(_ json: JSON) {
    guard case .object(let object) = json else {
      self = .invalid(id: nil, .invalidRequest("a message is an object, this is \(json.kindName)"))
      return
    }
    let rawID = object["id"]
    let id = rawID.flatMap(RequestID.init)
    guard object["jsonrpc"] == "2.0" || object["jsonrpc"] == nil else {
      self = .invalid(id: id, .invalidRequest("'jsonrpc' must be \"2.0\""))
      return
    }
    guard let method = object["method"] else {
      self = Envelope(responseID: id, in: object)
      return
    }
    guard let method = method.string else {
      self = .invalid(id: id, .invalidRequest("'method' must be a string, this is \(method.kindName)"))
      return
    }
    let params = object["params"]
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

  private init(responseID id: RequestID?, in object: JSONObject) {
    switch (id, object["result"], object["error"]) {
    case (let id?, let result?, nil): self = .response(id: id, .success(result))
    case (let id?, nil, let error?):
      let code = error["code"]?.int ?? RPCError.Code.internalError.rawValue
      let message = error["message"]?.string ?? "the client gave no message"
      self = .response(id: id, .failure(RPCError(.init(rawValue: code), message, data: error["data"])))
    default: self = .invalid(id: id, .invalidRequest("'method' is missing"))
    }
  }
}
