// SPDX-License-Identifier: Apache-2.0
//
// A wait service that leaves without having taken anything: what was there to be read is still there.
int main(void) { return 0; }
