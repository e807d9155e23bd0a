internal import Protocol

/// The editor's files, by `fs/read_text_file` and `fs/write_text_file`.
struct ACPFiles: EditorFiles {
  let peer: Peer
  let events: ACPSink
  let offers: ACPOffers

  /// Sessions that the editor has not opened are not its business.
  func offer(to sessionId: String) -> EditorOffer { events.knows(sessionId) ? offers.files : .nothing }

  func text(of path: String, for sessionId: String) async throws(EditorRefusal) -> String {
    let answer = try await ask(ACPFileRead(sessionId: sessionId, path: path))
    guard let text = answer["content"]?.string else { throw EditorRefusal("the answer has no content") }
    return text
  }

  func put(_ text: String, in path: String, for sessionId: String) async throws(EditorRefusal) {
    _ = try await ask(ACPFileWrite(sessionId: sessionId, path: path, content: text))
  }

  private func ask<Request: RequestMessage>(_ request: Request) async throws(EditorRefusal) -> JSON
  where Request.Response == JSON {
    do throws(RPCError) { return try await peer.ask(request) } catch { throw EditorRefusal(error.message) }
  }
}
