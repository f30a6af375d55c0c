import CKernels
import Ground

extension Machine {
  /// The instructions that the inner loops use here: AVX-512, AVX2 or SSE2. Machines of one kind round
  /// alike; others differ in the last bits.
  public static var instructions: String { String(cString: fulcrum_instruction_set()) }
}
