package import Protocol
internal import Synchronization

/// Requests of ours that the client has not answered yet.
///
/// Only what a client said it can do is asked of it; one that sends no `initialize` is never asked.
package final class ClientCalls: Sendable {
  private typealias Waiter = CheckedContinuation<Result<JSON, RPCError>, Never>

  private struct State {
    var waiters: [RequestID: Waiter] = [:]
    var lastNumber = 0
    var capabilities = ClientCapabilities()
    var isOver = false
  }

  private let state = Mutex(State())
  private let send: @Sendable (@Sendable (inout JSONWriter) -> Void) -> Void

  /// A client that can do nothing yet; `send` writes one message to it.
  package init(send: @escaping @Sendable (@Sendable (inout JSONWriter) -> Void) -> Void) { self.send = send }

  /// A client that is not there, and so is asked nothing.
  package static let nobody = ClientCalls { _ in }

  /// What the client can do.
  package var capabilities: ClientCapabilities {
    get { state.withLock { $0.capabilities } }
    set { state.withLock { $0.capabilities = newValue } }
  }

  /// Asks, and waits for the answer.
  ///
  /// Cancelling the task tells the client by `$/cancelRequest` and waits no longer.
  ///
  /// - Throws: The client's error; ``RPCError/Code/requestCancelled`` after a cancel or when the input has ended;
  ///   ``RPCError/Code/overloaded`` when the client leaves too many unanswered.
  package func ask<Request: RequestMessage>(_ request: Request) async throws(RPCError) -> Request.Response {
    let params: JSON
    do { params = try JSON(encoding: request) } catch { throw ErrorMapping.rpcError(error) }
    let id = state.withLock { state in
      state.lastNumber += 1
      return RequestID.string("wyn360-\(state.lastNumber)")
    }
    let reply = await withTaskCancellationHandler {
      await answer(to: id, Request.method, params)
    } onCancel: {
      giveUp(id)
    }
    let json = try reply.get()
    do throws(JSONDecodingError) {
      let response: Request.Response = try json.decode(Request.Response.self)
      return response
    } catch {
      throw RPCError(
        .invalidParams, "the client's answer to \(Request.method) is not one: \(error.path) \(error.reason)")
    }
  }

  private func answer(to id: RequestID, _ method: String, _ params: JSON) async -> Result<JSON, RPCError> {
    await withCheckedContinuation { waiter in
      let refusal = state.withLock { state -> RPCError? in
        if state.isOver || Task.isCancelled { return .cancelled }
        guard state.waiters.count < ServerLimits.clientCallsMax else {
          return .overloaded(
            "the client has left \(ServerLimits.clientCallsMax) requests unanswered",
            retryAfterMs: ServerLimits.overloadRetryAfterMs)
        }
        state.waiters[id] = waiter
        return nil
      }
      if let refusal { return waiter.resume(returning: .failure(refusal)) }
      send { writer in
        writer.raw(#"{"jsonrpc":"2.0","id":"#)
        writer.write(id.json)
        writer.raw(#","method":"#)
        writer.write(method)
        writer.raw(#","params":"#)
        writer.write(params)
        writer.raw("}")
      }
    }
  }

  /// Takes the client's answer; false when nobody waits for it.
  package func take(_ result: Result<JSON, RPCError>, for id: RequestID) -> Bool {
    guard let waiter = state.withLock({ $0.waiters.removeValue(forKey: id) }) else { return false }
    waiter.resume(returning: result)
    return true
  }

  /// Lets all go who wait, as no answer can come any more.
  package func end() {
    let waiters = state.withLock { state in
      state.isOver = true
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume(returning: .failure(.cancelled)) }
  }

  private func giveUp(_ id: RequestID) {
    guard take(.failure(.cancelled), for: id) else { return }
    send { $0.write(notification: CancelRequest(id: id)) }
  }
}
