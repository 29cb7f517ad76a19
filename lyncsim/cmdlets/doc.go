// Package cmdlets is the Lync and SkypeForBusiness module of the simulated
// organization: cmdlets for the PowerShell evaluator that read and change a
// farm.
//
// Names, parameters, parameter sets, types and product versions come from the
// cmdlet reference (package reference); the evaluator binds by them. What a
// cmdlet does is one function per cmdlet, registered in one table per family.
// A cmdlet without a behaviour, and a parameter that a behaviour would have to
// ignore, is refused with "not supported by the simulator".
//
// How much of each cmdlet is documented, seen in the field or invented is kept
// in origins.go and printed in lyncsim/docs/cmdlets.md.
package cmdlets
