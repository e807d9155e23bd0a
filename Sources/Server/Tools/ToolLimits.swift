/// Every limit of the tools, each with its reason.
package enum ToolLimits {
  // MARK: Paths

  /// Symbolic links that one path may lead through: what Linux follows.
  package static let linksMax = 40
  /// Folders within folders that are walked: each holds a descriptor open, and real projects stay below 30.
  package static let depthMax = 64

  // MARK: Reading

  /// Bytes of a file that is read as text: a file is held whole, and no source is this long.
  package static let fileBytesMax = 32 * 1024 * 1024
  /// Lines of one answer of `read_file`.
  package static let readLinesMax = 2_000
  /// Bytes of one answer of `read_file`: about 25,000 tokens, an eighth of a model's window.
  package static let readBytesMax = 100 * 1024
  /// Bytes of one line that are shown; longer ones are minified code or data.
  package static let lineBytesMax = 2_000

  // MARK: The web

  /// Bytes of a reply that are read, decompressed: pages are smaller, and data of that size is no reading.
  package static let webBytesMax = 8 * 1024 * 1024
  /// Milliseconds for one reply, all in all.
  package static let webTimeoutMs = 30_000
  /// Redirects within one host that are followed.
  package static let redirectsMax = 5
  /// Bytes of a URL: what browsers take.
  package static let urlMax = 2_000
  /// Bytes of a host's name (RFC 1035).
  package static let hostMax = 253
  /// Characters in which a name of an HTML character ends: the longest is not much longer, and none of those is common.
  package static let referenceMax = 16
  /// Attributes of one tag that are looked at.
  package static let attributesMax = 64

  // MARK: Titles

  /// Characters of a call's title: a few rows of a terminal; the rest is counted.
  package static let titleMax = 300
  /// Characters that a title keeps for what stands around a command's first line.
  static let titleEnd = 60

  // MARK: Results

  /// Bytes of text of one result that reach a model: about 32,000 tokens, and more than any tool of ours gives.
  package static let resultTextMax = 128 * 1024
  /// Bytes of text of all results of one turn: about 50,000 tokens, a quarter of a small window; what a turn brings must fit
  /// beside what is there, or no request is taken any more.
  package static let turnTextMax = 200 * 1024
  /// Bytes of text of one result that clients are shown: a long build's log, and a part of what a session's events may take.
  package static let shownTextMax = 4 * 1024 * 1024

  // MARK: Writing

  /// Bytes of a file that is written: far above what a model writes in one answer.
  package static let writeBytesMax = 16 * 1024 * 1024
  /// Edits of one call: a model that needs more rewrites the file.
  package static let editsMax = 100
  /// Names that one call deletes: more is a matter for a command, which a person sees.
  package static let deletedMax = 1_000
  /// Files of which a session knows what its models have seen: more than one reads in a day, at some 200 bytes each.
  package static let seenFilesMax = 10_000
  /// Bytes that one session keeps to undo its changes; the oldest go first.
  package static let journalBytesMax = 32 * 1024 * 1024
  /// Changes that one session keeps to undo, as small ones take memory too.
  package static let journalChangesMax = 10_000
  /// Names of files whose former content was let go: a person can look after so many.
  static let journalLostMax = 1_000
  /// Characters of a command by which a person knows it again.
  static let journalCommandMax = 200

  // MARK: Differences

  /// Lines of either side that are compared; above it the whole counts as replaced.
  package static let diffLinesMax = 200_000
  /// Lines taken out or put in up to which the shortest difference is looked for: time and memory grow with its square.
  package static let diffDistanceMax = 1_500
  /// Bytes of diffs after which a page of a session's changes ends: four of the longest, and a quarter of what a slow client
  /// takes before runs wait for it.
  static let changesPageBytes = 1024 * 1024
  /// Files of one page of a session's changes.
  package static let changesPageMax = 1_000
  /// Bytes of a diff that are sent.
  package static let diffBytesMax = 256 * 1024
  /// Unchanged lines shown around a change: what `diff -u` shows.
  package static let diffContext = 3

  // MARK: Listing and searching

  /// Names of one answer of `list_files` or `find_files`: about 15,000 tokens.
  package static let listedMax = 1_000
  /// Levels that `list_files` shows at most: deeper trees are for find_files.
  package static let listDepthMax = 10
  /// Names looked at by one call: a large monorepo's.
  package static let walkedMax = 500_000
  /// Steps that a name takes that is looked at, its file not read: some microseconds' worth.
  package static let nameSteps = 1_024
  /// Folders that cannot be read of which the names are told.
  package static let unreadableShown = 10
  /// Bytes of a `.gitignore`, or of git's configuration, that is read: the longest have a few KiB.
  package static let ignoreBytesMax = 1024 * 1024
  /// Rules of a `.gitignore` that count: each is held against every name.
  package static let ignoreRulesMax = 5_000
  /// Bytes of a rule of a `.gitignore`: those of a path.
  package static let ignoreLineMax = 4_096
  /// Bytes of git's index that is read: a million files' names.
  package static let indexBytesMax = 128 * 1024 * 1024
  /// Files of git's configuration that include one another: git's number.
  package static let gitIncludesMax = 10
  /// Files of git's configuration that are read, as one may include itself more than once.
  package static let gitFilesMax = 100
  /// Settings of git that the environment may give: real ones are few.
  package static let gitVariablesMax = 100
  /// Bytes of a glob pattern or a regular expression: real ones have dozens.
  package static let patternBytesMax = 1_000
  /// Patterns that `{a,b}` may stand for: each is held against every name.
  package static let alternativesMax = 64
  /// Lines found by one search when nobody says how many: enough to see what there is.
  package static let foundUsual = 100
  /// Lines found by one search at most: more no model reads with profit.
  package static let foundMax = 1_000
  /// Lines around one that is found: more is what read_file is for.
  package static let contextMax = 10
  /// Bytes of one answer of `search_files`: as of `read_file`.
  package static let searchBytesMax = 100 * 1024
  /// Instructions of a regular expression: each may cost a step for each character searched.
  package static let instructionsMax = 5_000
  /// Repetitions that `{n,m}` may ask for: they are written out as instructions.
  package static let repetitionsMax = 1_000
  /// Groups within groups of a regular expression: the parser calls itself for each.
  package static let groupsMax = 100
  /// Milliseconds for one call that lists or searches: a person waits, and what was found by then is told.
  package static let searchMs = 20_000
  /// Bytes looked at, or steps taken, between two looks at whether to go on: well below a millisecond's.
  package static let stepsUnlooked = 64 * 1024
  /// Bytes that are shown at once of a long line: about 4,000 tokens, and more of them of minified code.
  package static let columnBytesMax = 16 * 1024
  /// Bytes of a file that are searched at once: they stay in the processor's cache.
  package static let searchPiece = 256 * 1024
  /// Bytes of a literal that is looked for before anything else: more make no search faster.
  package static let literalBytesMax = 32
  /// Literals that are looked for one after the other: for more the automaton is as fast.
  package static let literalsMax = 8
  /// Entries of an automaton's table, of four bytes each.
  package static let tableEntriesMax = 1024 * 1024
  /// Steps kept in an automaton's states, of four bytes each.
  package static let tableStepsMax = 1024 * 1024
  /// How often a table that was full of no use is made anew before it is done without.
  package static let tableUselessMax = 3
  /// Characters to be taken for each that had to be found out, for a table to be of use.
  package static let tableUseMin = 8
  /// Classes of characters of one expression: real ones have a few dozen.
  package static let classesMax = 4_096
  /// Classes that there is room for besides those of ASCII, before a table is made anew.
  package static let classesSpare = 8
  /// Characters whose class is kept, a power of two: what one script has in use.
  package static let scalarsKept = 4_096
  /// Bytes shown of a long line that was found: enough to see what it is, and few in a hundred of them.
  package static let aroundMatchMax = 600
  /// Bytes shown of those before the match.
  package static let beforeMatchMax = 160
  /// Bytes in which the beginning of a match is looked for; a longer match is shown by its end.
  package static let matchBytesLooked = 4_096
  /// Bytes shown of a long line beside one that was found.
  package static let besideBytesMax = 200
  /// Bytes on either side of a found line in which the lines beside it are looked for.
  package static let contextBytesMax = 64 * 1024

  // MARK: Commands

  /// Bytes of a command: what Linux takes as one argument.
  package static let commandBytesMax = 128 * 1024 - 1
  /// Seconds that a command has when nobody says how many: a build's time.
  package static let commandSecondsUsual = 120
  /// Seconds that a command may have: a person waits.
  package static let commandSecondsMax = 600
  /// Milliseconds between asking a command that took too long to end (SIGTERM) and ending it (SIGKILL).
  package static let commandEndMs = 2_000
  /// The same when a person cancelled: the program itself may be ending, and has 800 ms for it.
  package static let commandCancelMs = 300
  /// Milliseconds that what a command left behind has to end by itself.
  package static let commandLingerMs = 200
  /// Milliseconds to wait for processes that were ended: one that hangs in the kernel is not waited for.
  package static let commandGoneMs = 2_000
  /// Bytes kept of the beginning of a command's output, where it says what it does.
  package static let outputHeadMax = 16 * 1024
  /// Bytes kept of its end, where errors stand; both together are about 16,000 tokens.
  package static let outputTailMax = 48 * 1024
  /// Bytes of output above which it is kept to be read on: less was shown whole, and is not cut again in most turns.
  package static let outputKeptMin = 16 * 1024
  /// Bytes kept of the beginning of such an output.
  package static let outputKeptHead = 1024 * 1024
  /// Bytes kept of its end; both together are a long build's log.
  package static let outputKeptTail = 7 * 1024 * 1024
  /// Bytes of such outputs that one session keeps; the oldest go first.
  package static let outputsBytesMax = 16 * 1024 * 1024
  /// Commands that go on in the background of one session: more than a project has servers and watchers.
  package static let backgroundMax = 16
  /// Those that have ended and can still be read.
  package static let backgroundEndedMax = 8
  /// Milliseconds that a command in the background is looked at first: most mistakes end it by then.
  package static let backgroundStartMs = 500
  /// Milliseconds that one has to end when it is stopped: those of its own, and those of what hangs in the kernel.
  package static let backgroundStopMs = 10_000
  /// Bytes kept of the beginning of what was not read of it.
  package static let backgroundHeadMax = 64 * 1024
  /// Bytes kept of its end; sixteen commands together keep as much as one long build's log.
  package static let backgroundTailMax = 1024 * 1024
  /// Lines that a program may go back to and change, as a terminal's screen has them: displays of progress have a dozen.
  static let terminalRows = 64
  /// Columns of a terminal, whose last one programs go to by going far to the right: what they take it for without one.
  static let terminalColumns = 80
  /// Columns from one tab stop to the next.
  static let terminalTab = 8
  /// Bytes or columns of a line that can still be changed; of longer ones no person sees the beginning.
  static let terminalRowMax = 64 * 1024
  /// Scalars that combine with one that is written over something: real ones have two or three.
  static let terminalMarksMax = 8
  /// Bytes of the parameters of a control sequence: the longest colours have some dozen.
  static let terminalParametersMax = 64
  /// Scalars of a string that is for the terminal itself, such as an image.
  static let terminalStringMax = 1024 * 1024
  /// Bytes of output that are shown while a command runs: nobody reads more as it flies by.
  package static let outputShownMax = 256 * 1024
  /// Bytes of output that are shown at once: as of a merged delta.
  package static let outputDeltaMax = 16 * 1024
  /// Milliseconds between two pieces that are shown.
  package static let outputDeltaMs = 100

  // MARK: Editors

  /// Milliseconds that an editor has to say what it holds: it need ask nobody.
  static let editorAnswerMs = 10_000
  /// Milliseconds that it has to take a text, which it may format and show, and to open a terminal, which may be elsewhere.
  static let editorWorkMs = 60_000
  /// Milliseconds to the second look at a command whose end an editor cannot wait for; each pause is twice the last.
  static let terminalLookMs = 250
  /// Milliseconds between two such looks at most: each brings the whole output.
  static let terminalLookMsMax = 8_000
  /// Questions in a row that an editor may leave unanswered before it is left alone for a while.
  static let editorSilencesMax = 2
  /// Milliseconds until such an editor is asked again: one that hung goes on by then, and few calls wait for one that does not.
  static let editorRestMs = 60_000
  /// Files of a folder that is moved or deleted that an editor is asked about: persons have some dozen open.
  static let editorFilesAskedMax = 256

  // MARK: Others

  /// Kinds of files that `get_project_info` counts: the rest tells little.
  package static let fileKindsMax = 12

  /// Steps of a plan: a list for people.
  package static let planStepsMax = 100
  /// Calls of one turn that run at the same time: each has a thread, and commands have processes.
  package static let callsAtOnceMax = 8
  /// Characters quoted of what another program calls its content.
  static let quotedMax = 80
  /// Bytes of a tool's name, as the API takes it.
  package static let toolNameMax = 64
  /// Bytes of the name of a member of a tool's input, as the API takes it.
  package static let propertyNameMax = 64
  /// Bytes told of the choices at the top of a schema, which the API does not take there: they are in every prompt.
  package static let variantsTextMax = 4 * 1024
  /// Choices within choices, and references, that are followed to a tool's members; real schemas have two or three.
  package static let choicesDepthMax = 8
  /// Schemas that are looked at for the properties of a choice: more are a schema that leads back to itself.
  package static let choicesMax = 1_000
  /// Milliseconds that a client has for one of its tools: a person may have a part in it, but not a night.
  package static let clientCallMs = 600_000
  /// Milliseconds that a person has for a question when nobody says how many.
  package static let questionMs = 600_000
  /// Milliseconds that an editor has for its diagnostics: a language server looks at a file within seconds, or at no time.
  static let diagnosticsMs = 5_000
  /// Diagnostics that a result tells of, and signs of each: more do not get better.
  static let diagnosticsMax = 50
  static let diagnosticLengthMax = 500
  /// Seconds that a person may have for a question: long enough for a meal.
  static let questionSecondsMax = 3_600
  /// Characters of a question: what a person reads at once.
  static let questionLengthMax = 4_000
  /// Answers to choose from: more are a text.
  static let questionChoicesMax = 12
  /// Characters of one of them: a line.
  static let choiceLengthMax = 200
  /// Tools that a client may register: each is in every prompt.
  package static let clientToolsMax = 128
  /// Tools of all sessions that work at the same time, where there are descriptors for as many: each has a thread.
  static let threadsMax = 256
  /// The same where there are next to no descriptors.
  static let threadsMin = 4
  /// Bytes of the stack of a tool's thread: a tool calls itself ``depthMax`` deep at most.
  package static let threadStack = 1024 * 1024
}
