package import Protocol
internal import Providers

/// The last prompt of a session as it is asked again, and the run that it was.
struct SessionRetry {
  /// What is asked.
  let request: AgentRun
  private let runId: String
  private let session: Session

  /// The last prompt, or another in its place.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` when nothing was asked yet.
  init(_ wanted: AgentRetry, in session: Session) throws(Failure) {
    let (last, past) = session.lastRun
    let kept = (past.archived + past.exchanges).last { !Compaction.isSummary($0) }
    var again: AgentRun
    if let last {
      (again, runId) = (last.request, last.id)
    } else if let kept, let prompt = kept.messages.first.flatMap(Conversation.prompt) {
      (again, runId) = (AgentRun(prompt: prompt), kept.runId)
    } else {
      throw .invalidParams("nothing was asked in session '\(session.id)' yet; agent/run asks")
    }
    again.sessionId = session.id
    again.prompt = wanted.prompt ?? again.prompt
    again.model = wanted.model ?? again.model
    again.effort = wanted.effort ?? again.effort
    again.budget = wanted.budget ?? again.budget
    (again.runId, again.whenBusy, again.detach) = (wanted.runId, .queue, nil)
    again.stream = wanted.stream
    again._meta = wanted._meta
    (request, self.session) = (again, session)
  }

  /// Checks what can be checked: what cannot be asked must not cost the history.
  func check(tools: ToolSources) throws(Failure) {
    try request.check()
    _ = try Check.prompt(request.prompt, for: session.info.provider)
    try tools.check(names: request.tools)
  }

  /// Takes the session back to before that run; one that left nothing in its history has been forgotten already.
  ///
  /// - Returns: Where the journal of files stood then.
  func goBack() throws(Failure) -> Int? {
    let (last, past) = session.lastRun
    // What a summary stands for in part comes back whole.
    let archived = past.archived.firstIndex { $0.runId == runId }
    let kept = past.exchanges.firstIndex { $0.runId == runId }
    guard let point = archived.map(RewindPoint.archived) ?? kept.map(RewindPoint.exchange) else { return last?.mark }
    return try session.rewind { _ in point }.mark ?? last?.mark
  }
}

/// The last prompt of a session, asked again.
extension SessionUpkeep {
  /// Answers `agent/retry`: history is what it was before the last prompt before the next message is read; files are put
  /// back before the run begins.
  package func retry(_ request: AgentRetry) async throws -> RunResult {
    let session = try sessions.session(request.sessionId)
    let detached = request.detach == true
    // A second request of the same name goes back no further.
    if let name = request.runId, let known = try runs.known(name, of: session) {
      return try await runs.result(of: known, detached: detached)
    }
    let (runs, files) = (runs, request.files == true)
    let begun = try await runs.exclusively("a retry", in: session) {
      () throws(Failure) -> (mark: Int?, run: Runs.Known) in
      let again = try SessionRetry(request, in: session)
      try again.check(tools: engine.tools)
      let mark = try again.goBack()
      // It waits for the session, which is ours until files are what they were.
      return (mark, try runs.admit(again.request))
    } then: { [self] begun async -> Result<(run: Runs.Known, files: SessionInfo.FilesRestored?), Failure> in
      guard files else { return .success((begun.run, nil)) }
      do throws(Failure) {
        return .success((begun.run, try await restoreFiles(of: session, to: begun.mark)))
      } catch {
        if case .open(let run) = begun.run { runs.cancel(run) }
        return .failure(error)
      }
    }
    var result = try await runs.result(of: begun.run, detached: detached)
    result.files = begun.files
    return result
  }
}

// MARK: - What was changed

extension SessionUpkeep {
  /// Answers `session/changes`.
  package func changes(_ request: SessionChanges) async throws(Failure) -> SessionChanges.Response {
    let session = try sessions.session(request.sessionId)
    let limit = try Check.range(request.limit ?? ToolLimits.changesPageMax, 1...ToolLimits.changesPageMax, "limit")
    var start = 0
    if let cursor = request.cursor {
      guard let place = Int(cursor), place >= 0 else {
        throw .invalidParams("cursor '\(cursor)' is none that session/changes gave")
      }
      start = place
    }
    var span: (begin: Int, end: Int?) = (0, nil)
    if let runId = request.runId {
      guard let known = session.span(of: runId) else {
        throw .invalidParams("runId '\(runId)' is no run of this session whose changes are known")
      }
      span = known
    }
    guard let folder = session.options.cwd ?? engine.place.folder else { throw .folderGone }
    let (from, range) = (start, span)
    do throws(ToolError) {
      return try await engine.threads.run { _ throws(ToolError) in
        let (changes, later, forgotten) = session.journal.changes(from: range.begin, to: range.end)
        let net = NetChanges(changes, later: later)
        let page = net.page(from: from, limit: limit, in: try engine.workspace(at: folder, of: session))
        var response = SessionChanges.Response(
          files: page.files, more: max(0, net.count - page.next), forgotten: forgotten)
        if page.next < net.count { response.nextCursor = String(page.next) }
        let commands = FileJournal.commands(in: changes)
        response.commands = commands.isEmpty ? nil : commands
        return response
      }
    } catch {
      throw .failed("the changes cannot be told: \(error.message)", FailureData(kind: .toolFailed))
    }
  }
}
