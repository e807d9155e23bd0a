/// The limits of what a profile leads to, each with its reason.
package enum ProfileLimits {
  /// Milliseconds of life below which a sign-on's token is renewed: as the AWS SDKs have it, enough for the slowest
  /// renewal and too little to matter.
  package static let ssoRefreshWindow = 5 * 60 * 1_000
  /// Seconds that a renewed token may live: the longest sign-on is 90 days; what says more is no number of seconds.
  package static let ssoTokenSecondsMax = 366 * 86_400
  /// Times that single sign-on is asked: two waits of a second in all, as somebody waits for the answer.
  package static let ssoTriesMax = 3
  /// Milliseconds without a byte from single sign-on: it answers in one, and nobody sees anything happen meanwhile.
  package static let ssoIdleMax = 10_000
  /// Profiles that one may lead to over `source_profile`: nobody has more than three, and each is a call to STS.
  package static let chainMax = 16
}
