package import Protocol
internal import Synchronization

/// The client as one that speaks the native dialect: what it said it can do, and what it is asked.
///
/// Only what a client said it can do is asked of it; one that sends no `initialize` is never asked.
package final class NativeClient: Sendable {
  private let peer: Peer
  private let said = Mutex(ClientCapabilities())

  /// The client at the other end, which can do nothing yet.
  package init(_ peer: Peer) { self.peer = peer }

  /// What it can do.
  package var capabilities: ClientCapabilities {
    get { said.withLock(\.self) }
    set { said.withLock { $0 = newValue } }
  }

  /// Asks it, and waits for the answer; cancelling the task takes the question back.
  func ask<Request: RequestMessage>(_ request: Request) async throws(Failure) -> Request.Response {
    do throws(RPCError) {
      return try await peer.ask(request)
    } catch {
      throw error.code == .requestCancelled ? .cancelled : Failure(.defect, error.message)
    }
  }
}
