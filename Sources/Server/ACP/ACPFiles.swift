internal import Protocol

/// The editor's files, by `fs/read_text_file` and `fs/write_text_file`.
struct ACPFiles: EditorFiles {
  let peer: Peer
  let events: ACPSink

  /// Sessions that the editor has not opened are not its business.
  func offer(to sessionId: String) -> EditorOffer { events.knows(sessionId) ? events.client.files : .nothing }

  func text(of path: String, for sessionId: String) async throws(EditorFailure) -> String {
    let answer = try await ask(ACPFileRead(sessionId: sessionId, path: path))
    guard let text = answer["content"]?.string else { throw .unanswered("its answer has no content") }
    return text
  }

  func put(_ text: String, in path: String, for sessionId: String) async throws(EditorFailure) {
    _ = try await ask(ACPFileWrite(sessionId: sessionId, path: path, content: text))
  }

  private func ask<Request: RequestMessage>(_ request: Request) async throws(EditorFailure) -> JSON
  where Request.Response == JSON {
    switch await peer.answer(to: request) {
    case .given(let json): return json
    case .refused(let error): throw .refused(error.message)
    case .missing(let error): throw .unanswered(error.message)
    }
  }
}
