package remote

// Kit describes the endpoint kit that is installed on a host.
type Kit struct {
	Version int
	// Lacks names the functions that this program needs on such a host, and that the kit
	// does not have as this program knows them.
	Lacks []string
	// Account and Caller are the SIDs of the account in whose name its functions run, and of
	// the one that signed in; "" where the host does not tell.
	Account, Caller string
	// Sites and Pools are the names that its functions accept, in lower case.
	Sites, Pools []string
}

// Described is a Session that knows which kit its host has.
type Described interface{ Kit() Kit }
