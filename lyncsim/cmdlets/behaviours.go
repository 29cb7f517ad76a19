package cmdlets

import "maps"

// behaviours holds the function of every simulated cmdlet by the cmdlet's name, one
// family after the other.
var behaviours = gather(
	siteCmdlets, serviceCmdlets, poolCmdlets, topologyCmdlets, simpleURLCmdlets,
	windowsServiceCmdlets, setupCmdlets, replicationCmdlets, accessEdgeCmdlets,
	xmppCmdlets, registrarCmdlets, failoverCmdlets, versionCmdlets, domainCmdlets,
	storeCmdlets, certificateCmdlets, checkCmdlets, roleCmdlets,
)

func gather(families ...map[string]cmdlet) map[string]cmdlet {
	all := map[string]cmdlet{}
	for _, family := range families {
		maps.Copy(all, family)
	}
	return all
}
