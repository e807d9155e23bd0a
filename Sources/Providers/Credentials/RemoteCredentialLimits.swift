/// The limits of credentials that come over HTTP or from a command, each with its reason; times are in milliseconds.
package enum RemoteCredentialLimits {
  // MARK: Any reply

  /// Bytes of one reply: session tokens have some kilobytes, and nothing else in a reply is long.
  package static let replyMax = 256 * 1024
  /// Elements inside one another in a reply of STS: real ones have five.
  package static let elementDepthMax = 32
  /// Characters quoted of a server's own message.
  package static let messageMax = 1_000

  // MARK: STS and Secrets Manager

  /// Tries of one call, the first included: what the AWS SDKs' standard mode makes.
  package static let serviceTriesMax = 3
  /// Tries of one call in botocore's `legacy` mode.
  package static let serviceTriesOfLegacy = 5
  /// The most tries that somebody may choose: with doubled waits more would never end.
  package static let serviceTriesChosenMax = 12
  /// Wait before the second try; the third waits twice as long.
  package static let serviceRetryDelayFirst = 200
  /// For a connection to the service, which may go through a proxy.
  package static let serviceConnectMax = 5_000
  /// For one whole try: both services answer well under a second.
  package static let serviceCallMax = 10_000

  // MARK: Container

  /// Tries, the first included: botocore's number.
  package static let containerTriesMax = 3
  /// Wait before the second try; the third waits twice as long.
  package static let containerRetryDelayFirst = 250
  /// For a connection to an agent on this machine or its own link.
  package static let containerConnectMax = 1_000
  /// For one whole try: an agent that has to ask AWS first takes a second or two.
  package static let containerCallMax = 4_000

  // MARK: Instance metadata

  /// For the connection and for each whole call: the service is one hop away and answers in milliseconds.
  package static let metadataCallMax = 1_000
  /// For everything asked for one set of credentials: where there is no such service, people wait for this before they
  /// read what is missing, and two seconds is what they were promised.
  package static let metadataTotalMax = 1_800
  /// The longest that somebody may choose for one call: half of what a search may take.
  package static let metadataCallChosenMax = 60_000
  /// The most tries of one call that somebody may choose: no search takes longer than that.
  package static let metadataTriesChosenMax = 10
  /// Calls that one set of credentials takes: token, role, credentials.
  package static let metadataCallsEach = 3
  /// Tries of one call that the service answered with its own failure.
  package static let metadataTriesMax = 3
  /// Wait before the second try; the third waits twice as long.
  package static let metadataRetryDelayFirst = 50
  /// Seconds that a token is asked to live: the longest the service gives.
  package static let metadataTokenSeconds = 21_600
  /// How long before its end a token is replaced, so that none ends on its way.
  package static let metadataTokenEarly = 120_000
  /// Characters of a token or a role's name: both have well under a hundred.
  package static let metadataWordMax = 2_048
  /// How long credentials past their end go on being used while the service has no newer ones (botocore's rule).
  package static let stabilityExtension = 900_000
  /// The shortest and longest time added to that by chance, so that a whole fleet does not ask again together.
  package static let stabilityJitter = 120_000...600_000

  // MARK: Keeping credentials fresh

  /// How long before their end credentials are replaced in the background, while the old ones go on being used.
  package static let advisoryWindow = 300_000
  /// How long before their end everyone waits for new ones: a request signed later might arrive too late.
  package static let mandatoryWindow = 60_000
  /// How long the background leaves a source alone that has just failed, so that a busy server does not hammer it.
  package static let advisoryPause = 30_000
  /// For one whole search through the chain, a `credential_process` that asks a person included.
  package static let resolveMax = 120_000
  /// For a search that may run the command which logs in: a person needs minutes for a browser.
  package static let resolveWithLoginMax = 420_000
  /// How long after its end the command that logs in is not run again: it did not help, and it may open a browser.
  package static let loginPause = 30_000

  // MARK: Keys of the Anthropic API

  /// How long the output of a key command is used before it is run again.
  package static let keyCommandLifetime = 300_000
  /// How long a key from Secrets Manager is used before it is read again: each reading costs, and a rotation is noticed
  /// by the old key's refusal anyhow.
  package static let storedKeyLifetime = 3_600_000
}
