import Protocol
import Server
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct `A request of ours` {
  @Test(arguments: [Peer.Spelling.native, .acp, .mcp], [true, false])
  func `is taken back after it was sent, even when it is given up while it is sent`(
    spelling: Peer.Spelling, isCancelled: Bool
  ) async throws {
    let sent = Mutex<[String]>([])
    let whileSent = Mutex<(@Sendable () -> Void)?>(nil)
    let peer = Peer(
      limits: Peer.Limits(incomingMax: 1, outgoingMax: 1, retryAfterMs: 1), idPrefix: "w", other: "the test",
      spelling: spelling
    ) { write in
      let inBetween = whileSent.withLock { work in
        defer { work = nil }
        return work
      }
      inBetween?()
      var writer = JSONWriter()
      write(&writer)
      sent.withLock { $0.append(String(decoding: writer.bytes, as: UTF8.self)) }
    } onIdle: {
    }
    let begin = Latch()
    let task = Task {
      try? await begin.wait()
      do throws(RPCError) {
        return Result<JSON, RPCError>.success(try await peer.ask("x", params: { _ in [:] }))
      } catch { return .failure(error) }
    }
    let id: RequestID = spelling == .mcp ? RequestID.number(JSONNumber(1)) : .string("w-1")
    let act: @Sendable () -> Void = {
      #expect(peer.hasAsked(id) && !peer.hasAsked(.string("w-2")) && !peer.hasAsked(.number(JSONNumber(2))))
      if isCancelled { task.cancel() } else { peer.giveUp(id) }
    }
    whileSent.withLock { $0 = act }
    begin.open()
    guard case .failure(let error) = await task.value else { throw CancellationError() }
    // The other side's own requests have numbers, too.
    #expect(peer.hasAsked(id) == (spelling != .mcp))
    #expect(error.code == .requestCancelled)
    let methods = sent.withLock { $0 }.compactMap { try? JSON.parse($0)["method"]?.string }
    let taken = [Peer.Spelling.native: "$/cancelRequest", .acp: "$/cancel_request", .mcp: "notifications/cancelled"]
    #expect(methods == ["x", taken[spelling] ?? ""])
  }
}
