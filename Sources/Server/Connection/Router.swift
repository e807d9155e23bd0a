package import Protocol

/// Finds the handler of a message, and turns JSON into its types and back.
///
/// All handlers start in the order in which their messages came, on the thread that reads: those that are handled `inPlace`
/// end there too; those that `mayWait` run there until they first wait.
package struct Router: Sendable {
  /// How a request is handled.
  package enum Handler: Sendable {
    /// In place, before the next message is read.
    case now(@Sendable (JSON?) -> Done)
    /// With waiting.
    case later(@Sendable (JSON?) async -> Done)
  }

  /// An answer, and what it sets going.
  package struct Done: Sendable {
    /// What is answered.
    package var answer: Result<JSON, any Error>
    /// To be done once the answer is on its way, so that nothing that it leads to comes before it.
    package var afterwards: @Sendable () -> Void = {}
  }

  private var requests: [String: Handler] = [:]
  private var notifications: [String: @Sendable (JSON?) throws -> Void] = [:]

  /// What tells of the methods that there are, for whoever asks for another; `nil` where they are few enough to be named.
  package var guide: String?

  private let warn: @Sendable (String) -> Void

  /// A router without routes; what is odd in messages is told by `warn`.
  package init(warn: @escaping @Sendable (String) -> Void = { _ in }) { self.warn = warn }

  /// The methods that have a handler.
  package var methods: Set<String> { Set(requests.keys).union(notifications.keys) }

  /// Handles a request in place.
  package mutating func inPlace<Request: RequestMessage>(
    _ type: Request.Type, _ handler: @escaping @Sendable (Request) throws -> Request.Response
  ) {
    answersFirst(type) { (try handler($0), {}) }
  }

  /// Handles a request in place, and does what it asks for when that has been answered.
  package mutating func answersFirst<Request: RequestMessage>(
    _ type: Request.Type,
    _ handler: @escaping @Sendable (Request) throws -> (Request.Response, @Sendable () -> Void)
  ) {
    requests[Request.method] = .now { [warn] params in
      do {
        let (answer, afterwards) = try handler(try Self.decode(params, of: Request.self, warn))
        return Done(answer: .success(try JSON(encoding: answer)), afterwards: afterwards)
      } catch {
        return Done(answer: .failure(error))
      }
    }
  }

  /// Handles a request that has to wait for something.
  package mutating func mayWait<Request: RequestMessage>(
    _ type: Request.Type, _ handler: @escaping @Sendable (Request) async throws -> Request.Response
  ) {
    mayWaitAndGoOn(type) { (try await handler($0), {}) }
  }

  /// Handles a request that has to wait for something, and does something more when that has been answered; what throws has
  /// no more to do.
  package mutating func mayWaitAndGoOn<Request: RequestMessage>(
    _ type: Request.Type,
    _ handler: @escaping @Sendable (Request) async throws -> (Request.Response, @Sendable () -> Void)
  ) {
    requests[Request.method] = .later { [warn] params in
      do {
        let (answer, afterwards) = try await handler(try Self.decode(params, of: Request.self, warn))
        return Done(answer: .success(try JSON(encoding: answer)), afterwards: afterwards)
      } catch {
        return Done(answer: .failure(error))
      }
    }
  }

  /// Handles a notification, in place.
  package mutating func notified<Notification: NotificationMessage>(
    _ type: Notification.Type, _ handler: @escaping @Sendable (Notification) -> Void
  ) {
    notifications[Notification.method] = { [warn] params in
      handler(try Self.decode(params, of: Notification.self, warn))
    }
  }

  /// Takes over another router's routes behind a prefix, with errors of their own; `onUse` is called before each.
  package mutating func include(
    _ other: Router, behind prefix: String, except left: Set<String>,
    error: @escaping @Sendable (any Error) -> RPCError, onUse: @escaping @Sendable () -> Void
  ) {
    for (method, handler) in other.requests where !left.contains(method) {
      switch handler {
      case .now(let work):
        requests[prefix + method] = .now { params in
          onUse()
          return work(params).mappingError(error)
        }
      case .later(let work):
        requests[prefix + method] = .later { params in
          onUse()
          return await work(params).mappingError(error)
        }
      }
    }
    for (method, handler) in other.notifications where !left.contains(method) {
      notifications[prefix + method] = handler
    }
  }

  /// The handler of a request.
  ///
  /// - Throws: ``RPCError/Code/methodNotFound``, with a near miss named.
  package func handler(of method: String) throws(RPCError) -> Handler {
    if let handler = requests[method] { return handler }
    if notifications[method] != nil {
      throw .invalidRequest("'\(method)' is a notification; send it without an id")
    }
    let near = NearMiss.of(method, among: Array(requests.keys))
    throw .methodNotFound(method, suggestion: near, known: guide ?? listing)
  }

  /// The methods, in a sentence's words.
  package var listing: String { "there are \(methods.sorted().joined(separator: ", "))" }

  /// Handles a notification; one that is unknown or malformed is passed over, as there is nobody to tell.
  ///
  /// - Returns: Whether it was handled.
  package func hear(_ method: String, params: JSON?) -> Bool {
    guard let handler = notifications[method] else { return false }
    do {
      try handler(params)
      return true
    } catch {
      return false
    }
  }

  /// Params by name, as all methods want them.
  ///
  /// Many clients write none as `null`, `[]` or `[null]` (whose languages have one empty value for all of these), and those
  /// that know params by place only put the object into a list.
  private static func named(_ params: JSON?) throws(RPCError) -> JSON {
    guard case .array(let elements)? = params else { return params ?? .object(JSONObject()) }
    switch elements.first {
    case nil, .null?: if elements.count < 2 { return .object(JSONObject()) }
    case .object?: if elements.count < 2 { return elements[0] }
    default: break
    }
    throw .invalidParams("params must be an object; this is an array")
  }

  private static func decode<Params: Message>(
    _ params: JSON?, of type: Params.Type, _ warn: (String) -> Void
  ) throws -> Params {
    let (method, params) = (type.method, try named(params))
    if let misplaced = MisplacedRules.member(of: params, method) {
      throw RPCError.invalidParams("'\(misplaced)' has no place in \(method): \(PermissionRules.method) sets rules")
    }
    // What others keep for themselves may stand anywhere; of LSP's `initialize` we read a part.
    let unread = UnreadMembers { path in
      ["_meta", "annotations", "workDoneToken", "partialResultToken"].contains(path.split(separator: ".").last ?? "")
        || method == Initialize.method && !path.hasPrefix("initializationOptions.")
    }
    let read: Params = try params.decodeClients(noting: unread)
    if let words = UnreadNotice.words(of: unread, in: Params.self) {
      if type.wantsAllRead { throw RPCError.invalidParams(words) }
      warn("\(method): \(words)")
    }
    return read
  }
}

extension Router.Done {
  fileprivate func mappingError(_ map: (any Error) -> RPCError) -> Self {
    Router.Done(answer: answer.mapError { map($0) }, afterwards: afterwards)
  }
}
