// Package cmdlets is the Lync and SkypeForBusiness module of the simulated
// organization: cmdlets for the PowerShell evaluator that read and change a farm.
//
// Names, parameters, parameter sets, types and product versions come from the cmdlet
// reference (package reference); the evaluator uses them to bind arguments. The
// behaviour of each cmdlet is one function, registered in one table per family. The
// module refuses a cmdlet without a behaviour, and a parameter that a behaviour
// would have to ignore, with "not supported by the simulator".
//
// origins.go records how much of each cmdlet is documented, seen in the field or
// invented. lyncsim/docs/cmdlets.md prints it.
package cmdlets
