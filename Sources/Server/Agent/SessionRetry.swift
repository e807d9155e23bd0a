package import Protocol
internal import Providers

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
      let (again, runId) = try Self.again(request, in: session)
      // What cannot be asked must not cost the history.
      try again.check()
      _ = try Check.prompt(again.prompt, for: session.info.provider)
      try engine.tools.check(names: again.tools)
      let mark = try Self.goBack(session, before: runId)
      // It waits for the session, which is ours until files are what they were.
      return (mark, try runs.begin(again))
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

  /// The request that asks the last prompt again, and the name of the run that it was.
  private static func again(_ request: AgentRetry, in session: Session) throws(Failure) -> (AgentRun, runId: String) {
    let (last, past) = session.lastRun
    let kept = (past.archived + past.exchanges).last { !Compaction.isSummary($0) }
    var again: AgentRun
    let runId: String
    if let last {
      (again, runId) = (last.request, last.id)
    } else if let kept, let prompt = kept.messages.first.flatMap(Conversation.prompt) {
      (again, runId) = (AgentRun(prompt: prompt), kept.runId)
    } else {
      throw .invalidParams("nothing was asked in session '\(session.id)' yet; agent/run asks")
    }
    again.sessionId = session.id
    again.prompt = request.prompt ?? again.prompt
    again.model = request.model ?? again.model
    again.effort = request.effort ?? again.effort
    again.budget = request.budget ?? again.budget
    (again.runId, again.whenBusy, again.detach) = (request.runId, .queue, nil)
    again.stream = request.stream
    again._meta = request._meta
    return (again, runId)
  }

  /// Takes a session back to before a run; one that left nothing in its history has been forgotten already.
  ///
  /// - Returns: Where the journal of files stood then.
  private static func goBack(_ session: Session, before runId: String) throws(Failure) -> Int? {
    let (last, past) = session.lastRun
    // What a summary stands for in part comes back whole.
    let archived = past.archived.firstIndex { $0.runId == runId }
    let point =
      archived.map(RewindPoint.archived) ?? past.exchanges.firstIndex { $0.runId == runId }.map(RewindPoint.exchange)
    guard let point else { return last?.mark }
    return try session.rewind { _ in point }.mark ?? last?.mark
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
