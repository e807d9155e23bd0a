/// The limits of asking a model, each with its reason.
package enum ProviderLimits {
  // MARK: One answer

  /// Bytes of one event of a stream: the API's largest is a whole search result, far below; above this a stream is
  /// broken or hostile.
  package static let eventMax = 32 * 1024 * 1024
  /// Bytes of all events of one answer: over a hundred times the longest answer any model writes.
  package static let answerMax = 256 * 1024 * 1024
  /// Content blocks of one answer: each costs memory of its own, and real answers have dozens.
  package static let blocksMax = 10_000
  /// Milliseconds that a stream may live on pings alone: a tool's input is held back until a value is whole, and a long
  /// file takes the slowest model a quarter of an hour.
  package static let contentIdleMax = 1_200_000
  /// Milliseconds without a byte before a stream counts as dead, where the service pings every few seconds.
  package static let idleMax = 300_000
  /// The same on Bedrock, which sends no pings: it is silent for as long as a model thinks unseen or writes a long value.
  package static let idleWithoutPingsMax = 900_000
  /// Milliseconds without content between two notices that none comes: shorter pauses are a model's usual ones.
  package static let stallNotice = 60_000
  /// The part of that time after which a silent transfer is looked at: notices are late by that much at most.
  package static let stallNoticeLooks = 6
  /// Bytes read after the answer's end, so that the connection can be used again; more means a server that will not
  /// stop.
  package static let drainMax = 64 * 1024

  // MARK: Bedrock's event streams

  /// Bytes of one frame's headers: botocore's limit; real frames have 75.
  package static let frameHeadersMax = 128 * 1024
  /// Bytes of one frame's payload: botocore's limit, and half as much again as the older specification's.
  package static let framePayloadMax = 24 * 1024 * 1024
  /// Bytes of a buffer that is kept for the next frame: nearly all frames are below; one larger frame must not cost its
  /// size for as long as the answer lasts.
  package static let frameBufferKept = 64 * 1024

  // MARK: Signatures

  /// Milliseconds that our clock may differ from the server's before it is corrected: AWS refuses signatures five
  /// minutes old, and a request takes its time.
  package static let clockSkewMax = 240_000

  // MARK: Secrets

  /// Bytes of a value in an address's query that may be a key: versions and switches are shorter, keys are not.
  package static let keyLengthMin = 16

  // MARK: Regions

  /// Milliseconds that a region has to be reached in when regions are measured: one that takes longer is not the nearest.
  package static let regionMeasureMax = 1_000

  // MARK: Trying again (the official SDK's policy)

  /// Tries after the first one.
  package static let retriesMax = 2
  /// Milliseconds before the first new try when the server names no time; each further wait is twice as long.
  package static let retryDelayFirst = 500
  /// Milliseconds that no wait of our own choosing exceeds.
  package static let retryDelayMax = 8_000
  /// The part of a wait that chance may take off, so that clients which failed together do not return together.
  package static let retryJitter = 0.25
  /// Milliseconds: a longer wait asked for by the server is the user's to decide, not ours to sit out.
  package static let retryAfterMax = 60_000

  /// Milliseconds, a day: longer waits that a server asks for are all the same to us, and must not overflow.
  package static let retryAfterRead = 86_400_000.0

  // MARK: Waiting in line

  /// Milliseconds that a call waits for its turn in all: who needs an answer is told by then.
  package static let lineWaitMax = 300_000
  /// Milliseconds after which twice as many calls may be made at once, though no answer has begun meanwhile: gateways
  /// exist whose answers begin when they are whole.
  package static let lineStep = 1_000
  /// Doublings after which a line is as open as if nobody had been refused.
  package static let lineStepsMax = 6
  /// Lines that are remembered: each is a model, as somebody, somewhere.
  package static let lanesMax = 256
  /// The part of a limit of tokens that has to be there again before the next call, as one of so many: an ordinary call
  /// takes less of it.
  package static let tokenShares = 20

  // MARK: Errors

  /// Characters quoted from an error body that is not the API's JSON.
  package static let excerptMax = 200
  /// Characters kept of a server's own message.
  package static let messageMax = 4_000
  /// Bytes of a reply that is not a stream, such as a list of models.
  package static let replyMax = 4 * 1024 * 1024

  // MARK: Refusals

  /// Models at one address of which is remembered what they do not take.
  package static let curesMax = 256

  // MARK: Grammars (Anthropic's page on structured outputs)

  /// Tools of a request whose calls a service can be made to keep to their schemas.
  package static let strictToolsMax = 20
  /// Members that may be left out, of all schemas of a request that grammars are made of.
  package static let grammarOptionalMax = 24
  /// Members that may be of several types, of all of them.
  package static let grammarUnionsMax = 16

  // MARK: Answers

  /// Tokens of an answer when nobody says how many: room for long files and thoughts, and what is not written is not paid.
  package static let outputUsual = 64_000
  /// The same for models of the time when long answers were rare.
  package static let outputEarlier = 32_000
  /// The same for a model of which nothing is known: what every model of the last years writes.
  package static let outputUnknown = 8_192
  /// The last version of all lines that counts as one of those earlier models.
  package static let earlierVersionMax = [4, 5]
  /// The least budget of thinking that the API takes, in tokens.
  package static let thinkingMin = 1_024
  /// Tokens: who thinks with less makes a low effort.
  package static let thinkingLow = 4_000
  /// Tokens: who thinks with less makes a medium effort.
  package static let thinkingMedium = 16_000

  // MARK: Prompts

  /// Characters of a tool's name in a conversation, as the API has it.
  package static let toolNameMax = 200
  /// Bytes of a trace's state that are handed on: 32 members of some length, of which 512 bytes must be.
  static let traceStateMax = 4 * 1024
  /// Bytes of a trace's baggage, as its recommendation has it.
  static let baggageMax = 8 * 1024
  /// Characters of the name of a tool that a request defines, as the API has it.
  static let definedNameMax = 128
  /// Characters that people see of what a tool does that was found.
  static let foundWordsMax = 160
  /// Tools of one request that are loaded only where they are found, as the API has it.
  static let loadedToolsMax = 10_000
  /// Characters of a call's id that was made up, as real ones have under 40.
  package static let callIDMax = 64
  /// Characters quoted of a media type.
  package static let typeQuotedMax = 40
  /// Cache marks that the API takes in one request.
  package static let cacheMarksMax = 4
  /// Blocks between the last two marks beyond which one more stands between them: the service looks back over twenty for
  /// what it has, and some count in another way.
  package static let cacheMarkDistance = 15
}
