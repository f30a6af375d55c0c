/// Where this program comes from.
public enum Provenance {
  /// The commit that it was built from, eight digits, with `+` where files differed from it; nil where it
  /// was not built in a checkout.
  public static var commit: String? { checkoutCommit.isEmpty ? nil : checkoutCommit }
}
