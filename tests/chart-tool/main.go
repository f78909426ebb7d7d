// chart-tool reads what Kubernetes' own tools read, with the libraries that they use, so that charts and manifests
// can be tested where Helm is not packaged. Test-only.
//
//	chart-tool template RELEASE CHART [-n NAMESPACE] [-f VALUES]... [--set A.B=VALUE]... [--kube-version V]
//	           [--api-versions GV]... [--skip-tests] [--notes]
//	    prints what `helm template` prints, for the part of Helm that charts/serval uses
//	chart-tool json FILE...
//	    prints all YAML documents of the files as one JSON array; a key that stands twice is an error
//	chart-tool check
//	    reads {"schema": …, "document": …} and prints what the schema finds wrong, a line each
//
// It ends with 1 and a message when something is refused.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "Error: %v\n", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return fmt.Errorf("expected template, json or check")
	}
	switch arguments[0] {
	case "template":
		return renderChart(arguments[1:])
	case "json":
		return printJSON(arguments[1:])
	case "check":
		return check(os.Stdin)
	default:
		return fmt.Errorf("expected template, json or check, got %q", arguments[0])
	}
}
