package import Protocol

/// Every limit of the server, each with its reason; the provider's are in `ProviderLimits`.
package enum ServerLimits {
  /// Bytes of a day's costs that are read at once: a million calls.
  static let ledgerReadMax = 64 * 1024 * 1024
  /// Uses of one of a service's web tools within one call: more than any answer needs, and each may be paid for.
  package static let webUsesMax = 100
  /// Bytes of a domain with the path behind it: the longest name that the domain name system has.
  package static let domainBytesMax = 253
  /// Bytes of one message: twice the API's own request limit of 32 MB, so that it is the API that says no.
  package static let messageBytesMax = 64 * 1024 * 1024
  /// Nesting of one message: deeper than any real one, shallow enough for any stack.
  package static let depthMax = 512
  /// Bytes of a header block: a hundred times what any client sends.
  package static let headerBytesMax = 8 * 1024
  /// Bytes of a frame that is too large but whose end is worth waiting for; beyond, its length is taken for garbage.
  package static let skippedBytesMax = 1024 * 1024 * 1024
  /// Messages of one batch: more is a mistake, and would hold the answers of all.
  package static let batchMax = 1_000
  /// Requests without an answer: far above what an editor has open, and 10 MB when each is a run.
  package static let requestsInFlightMax = 1_024
  /// Folders of one session beside its own: each is looked up for every call of a tool.
  package static let additionalDirectoriesMax = 64
  /// Sessions at one time: at 16 KiB each a quarter of a gigabyte.
  package static let sessionsMax = 16_384
  /// Runs that wait for one session: a person's patience.
  package static let runsQueuedMax = 64
  /// Characters of the path of a member that nobody reads which are shown.
  package static let unreadNameMax = 80
  /// Characters of a message's content in a line of the verbose trace.
  package static let traceMax = 4 * 1024
  /// Bytes of a message that is too long in which its id is looked for: clients write it before the params.
  package static let messageBeginning = 4 * 1024
  /// Requests of ours that one client may leave unanswered: each holds a run, and more would only pile up before a person.
  package static let clientCallsMax = 256
  /// Milliseconds that a client may take to answer for credentials: a person needs minutes for a browser, and a client that
  /// has forgotten the question must not hold runs for good.
  package static let credentialsAnswerMs = 600_000
  /// Finished runs whose results are kept for `agent/wait` and repeated `agent/run`.
  package static let runsFinishedMax = 256
  /// The memory that these results may take: a client that comes back late wants the last ones, and they are small; the
  /// newest is kept whatever it takes.
  package static let runsFinishedBytesMax = 4 * 1024 * 1024
  /// How long to wait before trying again what was refused as too much.
  package static let overloadRetryAfterMs = 1_000

  /// Bytes read from stdin at once: what a pipe holds.
  package static let readBytes = 64 * 1024
  /// Bytes written in place by whoever sends; POSIX lets a pipe that polls writable take this much without blocking.
  package static let writeInPlaceMax = 4_096
  /// Waiting output above which adjacent deltas are merged: a client that reads is never this far behind.
  package static let outboxMergeAbove = 256 * 1024
  /// Waiting output above which runs stop reading from their provider, and stdin is not read.
  package static let outboxPauseAbove = 1024 * 1024
  /// Bytes of the text of one answer: ten times what any model writes, and no more than a message may have when each is escaped.
  package static let textBytesMax = 8 * 1024 * 1024
  /// Capacity that a buffer keeps when it is empty.
  package static let bufferKept = 256 * 1024
  /// Bytes of text that one merged delta may hold.
  package static let mergedDeltaMax = 16 * 1024

  /// Events kept for `session/events`, in bytes of memory, of each session; the oldest go first.
  package static let eventLogBytesMax = 16 * 1024 * 1024
  /// Bytes of text after which deltas start a new entry of the log, so that the oldest can go piece by piece.
  package static let eventLogEntryBytesMax = 256 * 1024
  /// Bytes that closed sessions have freed, from which the allocator is told to give memory back: below it, going through the
  /// heap costs more than it gains.
  package static let memoryReleaseAbove = 1024 * 1024
  /// Events of one `session/events` answer.
  package static let eventsPageMax = 10_000
  /// Sessions of one `session/list` answer.
  package static let sessionsPageMax = 1_000
  /// Notices that a session remembers, so that they are told once.
  package static let noticesToldMax = 256
  /// Violations of a schema that a model is told of at once; it mends the first few.
  package static let violationsToldMax = 5
  /// Milliseconds that a timeout must be at least: less is a number of seconds, or a mistake.
  package static let timeoutMin = 1_000
  /// Milliseconds that a timeout may be at most, a day: more is never.
  package static let timeoutMax = 86_400_000
  /// How often a failed call may be made again at most: with the waits between them, more try nobody's patience but a
  /// service's.
  package static let retriesMax = 10
  /// The largest exponent of a price that is read: beyond it, it says no more than "nothing" or "too much".
  package static let exponentMax = 1_000_000
  /// Milliseconds for the first byte of a pipe that nobody announced with `-`: a build or a query begins to print within
  /// these, and a pipe that nobody will ever write to must not be waited for.
  package static let pipedFirstByteMs = 10_000
  /// Milliseconds of silence after which a person is told that stdin is waited for.
  package static let pipedNoticeMs = 1_000
  /// Characters of a title.
  package static let titleMax = 200
  /// Characters of a title that is made from a prompt: what lists show of one.
  package static let titleMadeMax = 80
  /// Characters of an id that a client chooses.
  package static let clientIDMax = 200

  /// Tokens of a request below which nobody may have conversations summarized: the system prompt and the tools alone come
  /// near it.
  package static let compactAtMin = 4_000
  /// Times a model is asked in one run when nobody says how often.
  package static let maxTurns = 50
  /// The model when nobody names one: the newest of the line that the roadmap names, whose own model is retired.
  package static let model = "sonnet"

  /// How long before a model's last day its users are told: sixty days, time enough to try its successor.
  package static let retirementNoticeMs = 60 * 24 * 3_600_000
  /// How long a drain may take before what runs is cancelled: ten minutes.
  package static let drainMs = 600_000
  /// How long the end may take: answers that are not written by then are lost with their reader.
  package static let endMs = 800
  /// How often to look for a parent that cannot be watched.
  package static let parentPollMs = 500

  /// The limits that a client may meet.
  package static let report = ServerLimitsReport(
    messageBytesMax: messageBytesMax, depthMax: depthMax, batchMax: batchMax, requestsInFlightMax: requestsInFlightMax,
    sessionsMax: sessionsMax, runsQueuedMax: runsQueuedMax)
}
