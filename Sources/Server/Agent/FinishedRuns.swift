package import Protocol

/// What is kept of a run that is over: its result alone, and nothing that its session has.
package struct FinishedRun: Sendable {
  /// The run's own name, which is not the one of a request whose prompt it took in.
  package var id: String
  /// The session it belonged to.
  package var sessionId: String
  /// The result as JSON text, which takes a fraction of what it takes as a value; or the failure.
  private var outcome: Result<[UInt8], Failure>

  /// A run of that session, and how it ended.
  package init(id: String, sessionId: String, outcome: Result<RunResult, Failure>) {
    self.id = id
    self.sessionId = sessionId
    self.outcome = outcome.flatMap { result in
      do {
        return .success(try JSON(encoding: result).serialized.exactly)
      } catch {
        return .failure(Failure(.defect, "the result of run '\(result.runId)' could not be kept"))
      }
    }
  }

  /// The result.
  ///
  /// - Throws: The failure that the run ended with.
  package func result() throws(Failure) -> RunResult {
    let text = try outcome.get()
    guard let json = try? JSON.parse(text), let result: RunResult = try? json.decode(RunResult.self) else {
      throw Failure(.defect, "the result of a run could not be read again")
    }
    return result
  }

  /// The memory it takes.
  var bytes: Int {
    switch outcome {
    case .success(let text): text.capacity
    case .failure(let failure): failure.message.utf8.count + (failure.details?.partialText?.utf8.count ?? 0)
    }
  }
}

/// The last runs that are over, by name: for whoever waits late, and for a request that is repeated under its name.
///
/// Their number and their memory are bounded; the oldest go first.
package struct FinishedRuns: Sendable {
  private var runs: [String: FinishedRun] = [:]
  private var names: [String] = []
  private var bytes = 0
  private let countMax: Int
  private let bytesMax: Int

  /// None yet.
  package init(countMax: Int = ServerLimits.runsFinishedMax, bytesMax: Int = ServerLimits.runsFinishedBytesMax) {
    self.countMax = countMax
    self.bytesMax = bytesMax
  }

  /// The run of that name, when it is still kept.
  package subscript(name: String) -> FinishedRun? { runs[name] }

  /// Keeps one; the newest is kept whatever it takes, as somebody may be about to ask for it.
  package mutating func keep(_ run: FinishedRun, as name: String) {
    if let known = runs.updateValue(run, forKey: name) {
      bytes -= known.bytes
    } else {
      names.append(name)
    }
    bytes += run.bytes
    var gone = 0
    while names.count - gone > 1, names.count - gone > countMax || bytes > bytesMax {
      bytes -= runs.removeValue(forKey: names[gone])?.bytes ?? 0
      gone += 1
    }
    names.removeFirst(gone)
  }
}
