import sys

from airbyte_cdk.entrypoint import launch
from source_shops import SourceShops

launch(SourceShops.of(sys.argv[1:]), sys.argv[1:])
